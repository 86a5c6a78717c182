package io.orrery.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The command line around the commands. */
final class CliTest {
  private static final java.util.List<String> NAMES = Commands.NAMES;

  private static Invocation run(String... args) {
    return new Invocation(Map.of()).run(args);
  }

  @ParameterizedTest
  @FieldSource("NAMES")
  void everyCommandHasHelp(String name) {
    for (Invocation help : new Invocation[] {run(name, "--help"), run("help", name)}) {
      assertThat(help.code()).isZero();
      assertThat(help.out()).startsWith("Usage: ").contains(name);
      assertThat(help.err()).isEmpty();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"--help", "-h", "help"})
  void theHelpListsAllCommands(String asked) {
    assertThat(run(asked).out()).contains(NAMES).contains("Exit codes");
  }

  @Test
  void noCommandIsAskingForHelp() {
    assertThat(run().out()).isEqualTo(run("--help").out());
  }

  @Test
  void theVersionIsOneLine() {
    assertThat(run("--version").out()).matches("orrery \\S+\n");
  }

  @Test
  void anUnknownCommandIs125() {
    Invocation unknown = run("rum");

    assertThat(unknown.code()).isEqualTo(125);
    assertThat(unknown.err())
        .isEqualTo("orrery: there is no command 'rum'; orrery --help lists them\n");
  }

  @Test
  void anUnknownFlagIs125AndNamed() {
    Invocation unknown = run("ps", "--nonsense");

    assertThat(unknown.code()).isEqualTo(125);
    assertThat(unknown.out()).isEmpty();
    assertThat(unknown.err()).startsWith("orrery: Unknown option: '--nonsense'\n");
  }

  @Test
  void aReaderOfTheHelpMayLeave() {
    Invocation help = new Invocation(Map.of()).stdout(new FailingOutput("Broken pipe"));

    assertThat(help.run("--help").code()).isEqualTo(141);
    assertThat(help.err()).isEmpty();
  }

  @Test
  void bashLearnsTheCommands() {
    assertThat(run("completion", "bash").out())
        .contains("_complete_orrery")
        .contains("--reconnect-timeout");
    assertThat(run("completion", "fish").code()).isEqualTo(125);
  }

  @Test
  void certificatesAreMadeAndNotReplacedUnasked(@TempDir Path directory) {
    String where = directory.resolve("certs").toString();
    Invocation init = run("certs", "init", "--dir", where);

    assertThat(init.code()).as(init.err()).isZero();
    assertThat(init.out().lines()).contains(directory.resolve("certs/ca.crt").toString());
    assertThat(directory.resolve("certs/admin.key")).exists();
    Invocation again = run("certs", "init", "--dir", where);
    assertThat(again.code()).isEqualTo(125);
    assertThat(again.err()).contains("exists already; --force replaces it");
    assertThat(run("certs", "init", "--dir", where, "--force").code()).isZero();
  }

  @Test
  void moreCertificatesAreIssued(@TempDir Path directory) {
    String where = directory.toString();
    run("certs", "init", "--dir", where);
    Invocation issue =
        run("certs", "issue", "--dir", where, "--role", "operator", "--name", "anna");

    assertThat(issue.code()).as(issue.err()).isZero();
    assertThat(directory.resolve("anna.crt")).exists();
    assertThat(run("certs", "issue", "--dir", where, "--role", "king", "--name", "x").err())
        .contains("unknown role \"king\"");
    assertThat(run("certs", "issue", "--dir", where, "--role", "worker", "--name", "w").err())
        .contains("give at least one --host");
    assertThat(run("certs").code()).isEqualTo(125);
  }

  @ParameterizedTest
  @ValueSource(strings = {"scheduler", "worker"})
  void aWrongConfigurationIs78AndTold(String server, @TempDir Path directory) throws Exception {
    Path file = Files.writeString(directory.resolve("x.json"), "{\"prot\": 1}");
    Invocation wrong = run(server, "-conf", file.toString());

    assertThat(wrong.code()).isEqualTo(78);
    assertThat(wrong.err()).contains("prot").contains("port");
    Invocation missing = run(server, "-conf", directory.resolve("none.json").toString());
    assertThat(missing.code()).isEqualTo(78);
    assertThat(missing.err()).contains("none.json").contains("there is no such file");
  }
}
