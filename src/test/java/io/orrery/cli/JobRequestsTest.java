package io.orrery.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.util.Durations;
import io.orrery.v1.Limits;
import io.orrery.v1.OutputLimitPolicy;
import io.orrery.v1.OutputPolicy;
import io.orrery.v1.StartJobRequest;
import io.orrery.v1.StdinMode;
import java.io.ByteArrayInputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

final class JobRequestsTest {

  @Command
  private static final class Flags {
    @Mixin private final JobFlags job = new JobFlags();
  }

  private static List<JobRequests.Named> requests(String... args) throws Exception {
    Flags flags = new Flags();
    CommandLine line = CommandLines.of(flags).setStopAtPositional(true);
    line.parseArgs(args);
    OutputStream nowhere = OutputStream.nullOutputStream();
    Console console =
        new Console(
            new ByteArrayInputStream("typed".getBytes(StandardCharsets.UTF_8)), nowhere, nowhere);
    Session session = new Session(console, Map.of("MINE", "my value"), new Invocation(Map.of()));
    return new JobRequests(flags.job, session, new Servers(null)).make();
  }

  private static StartJobRequest request(String... args) throws Exception {
    return requests(args).getFirst().request();
  }

  @Test
  void theCommandIsTakenAsItIs() throws Exception {
    StartJobRequest request = request("--", "sh", "-c", "echo $X", "--", "-w", "");

    assertThat(request.getCommand()).isEqualTo("sh");
    assertThat(request.getArgsList()).containsExactly("-c", "echo $X", "--", "-w", "");
    assertThat(request.getJobId()).matches("[0-9a-f-]{36}");
  }

  @Test
  void theLimitOfTheOutputIsTaken() throws Exception {
    assertThat(request("--max-output", "3MiB", "yes").getOutput())
        .isEqualTo(
            OutputPolicy.newBuilder()
                .setMaxStreamBytes(3 << 20)
                .setLimitPolicy(OutputLimitPolicy.OUTPUT_LIMIT_POLICY_STOP)
                .build());
    assertThat(request("--max-output=1GiB", "--keep-tail", "yes").getOutput().getLimitPolicy())
        .isEqualTo(OutputLimitPolicy.OUTPUT_LIMIT_POLICY_KEEP_TAIL);
    assertThat(request("yes").hasOutput()).isFalse();
    assertThatThrownBy(() -> request("--max-output", "much", "yes"))
        .hasMessageContaining("--max-output must be a size");
  }

  @Test
  void theLimitsOfDisksAreTaken() throws Exception {
    assertThat(
            request(
                    "--io-read=10MiB",
                    "--io-write=20MiB",
                    "--io-read-ops=100",
                    "--io-write-ops",
                    "200",
                    "sync")
                .getLimits())
        .isEqualTo(
            Limits.newBuilder()
                .setIoReadBytesPerSecond(10 << 20)
                .setIoWriteBytesPerSecond(20 << 20)
                .setIoReadOperationsPerSecond(100)
                .setIoWriteOperationsPerSecond(200)
                .build());
  }

  @Test
  void flagsEndAtTheCommand() throws Exception {
    StartJobRequest request = request("-C", "/tmp", "wc", "-l", "-C");

    assertThat(request.getWorkingDirectory()).isEqualTo("/tmp");
    assertThat(request.getCommand()).isEqualTo("wc");
    assertThat(request.getArgsList()).containsExactly("-l", "-C");
  }

  @Test
  void everyFlagHasItsField() throws Exception {
    StartJobRequest request =
        request(
            "-w",
            "0b8e7f2a-1111-4222-8333-444455556666",
            "-l",
            "zone=a",
            "-l",
            "gpu",
            "-e",
            "A=1",
            "-e",
            "B=x=y",
            "-e",
            "EMPTY=",
            "-e",
            "MINE",
            "-e",
            "NOT_SET",
            "-t",
            "90s",
            "--grace",
            "500ms",
            "--path",
            "count.sh",
            "--label",
            "team=x",
            "--memory",
            "64MiB",
            "--cpus",
            "1.5",
            "--pids",
            "20",
            "--merge-stderr",
            "bash");

    assertThat(request.getWorkerId()).isEqualTo("0b8e7f2a-1111-4222-8333-444455556666");
    assertThat(request.getSelector()).isEqualTo("zone=a,gpu");
    assertThat(request.getEnvMap())
        .containsExactlyInAnyOrderEntriesOf(
            Map.of("A", "1", "B", "x=y", "EMPTY", "", "MINE", "my value"));
    assertThat(request.getTimeout()).isEqualTo(Durations.fromSeconds(90));
    assertThat(request.getStopGrace()).isEqualTo(Durations.fromMillis(500));
    assertThat(request.getPath()).isEqualTo("count.sh");
    assertThat(request.getLabelsMap()).isEqualTo(Map.of("team", "x"));
    assertThat(request.getLimits().getMemoryBytes()).isEqualTo(64 << 20);
    assertThat(request.getLimits().getCpus()).isEqualTo(1.5);
    assertThat(request.getLimits().getPids()).isEqualTo(20);
    assertThat(request.getMergeStderr()).isTrue();
  }

  @Test
  void noLimitsAreAskedForUnlessGiven() throws Exception {
    assertThat(request("true").hasLimits()).isFalse();
  }

  @Test
  void standardInputComesFromAFileOrFromOurs(@TempDir Path directory) throws Exception {
    Path file = Files.writeString(directory.resolve("in"), "filed");

    assertThat(request("--stdin", "-", "cat").getStdin().toStringUtf8()).isEqualTo("typed");
    StartJobRequest request = request("--stdin", file.toString(), "cat");
    assertThat(request.getStdin().toStringUtf8()).isEqualTo("filed");
    assertThat(request.getStdinMode()).isEqualTo(StdinMode.STDIN_MODE_BYTES);
  }

  @Test
  void aScriptGetsWhatFollowsAsItsArguments(@TempDir Path directory) throws Exception {
    Path file = Files.writeString(directory.resolve("s.py"), "#!/usr/bin/python3 -u\nprint()\n");
    StartJobRequest request = request("--script", file.toString(), "--", "a", "-b");

    assertThat(request.getCommand()).isEqualTo("/usr/bin/python3");
    assertThat(request.getArgsList()).containsExactly("-u", "/dev/stdin", "a", "-b");
    assertThat(request.getStdin().toStringUtf8()).startsWith("#!/usr/bin/python3");
  }

  @Test
  void anArrayIsAJobANumber() throws Exception {
    List<JobRequests.Named> requests = requests("--array", "3-5", "-e", "X=y", "true");

    assertThat(requests).extracting(JobRequests.Named::name).containsExactly("3", "4", "5");
    assertThat(requests)
        .extracting(named -> named.request().getEnvMap().get("ORRERY_ARRAY_INDEX"))
        .containsExactly("3", "4", "5");
    assertThat(requests).extracting(named -> named.request().getJobId()).doesNotHaveDuplicates();
  }

  @ParameterizedTest
  @CsvSource({
    "'', there is no command to run",
    "--all --array 1-2 true, --all excludes --array and --worker",
    "--all -w a true, --all excludes --array and --worker",
    "--script x --stdin y, --script excludes --stdin and --path",
    "--memory 1GB true, --memory must be a size",
    "--cpus -1 true, --cpus and --pids must be positive",
    "--cpus NaN true, --cpus and --pids must be positive",
    "--pids -1 true, --cpus and --pids must be positive"
  })
  void whatMakesNoSenseIsRefused(String args, String message) {
    assertThatThrownBy(() -> requests(args.isEmpty() ? new String[0] : args.split(" ")))
        .isInstanceOf(CommandException.class)
        .hasMessageContaining(message);
  }

  @ParameterizedTest
  @CsvSource({"-t 5, must be a duration", "--pids x, is not a long"})
  void whatCannotBeReadIsRefused(String args, String message) {
    assertThatThrownBy(() -> requests((args + " true").split(" ")))
        .isInstanceOf(RuntimeException.class)
        .hasMessageContaining(message);
  }
}
