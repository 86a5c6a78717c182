package io.orrery.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StartFailureIT {
  @TempDir Path root;
  private RunnerFixture jobs;

  @BeforeEach
  void open() {
    jobs = new RunnerFixture(root);
  }

  @AfterEach
  void close() throws Exception {
    jobs.close();
  }

  @Test
  void aCommandThatIsNowhereIsENOENT() {
    assertThat(failure(jobs.command("no-such-command"))).isEqualTo("ENOENT");
    assertThat(failure(jobs.command("/no/such/command"))).isEqualTo("ENOENT");
    assertThat(failure(jobs.command(""))).isEqualTo("ENOENT");
  }

  @Test
  void whatIsNotAProgramIsEACCES() throws Exception {
    Path plain = file("plain", "#!/bin/sh\n", "rw-r--r--");

    assertThat(failure(jobs.command("/tmp"))).isEqualTo("EACCES");
    assertThat(failure(jobs.command(plain.toString()))).isEqualTo("EACCES");
  }

  @Test
  void whatPathFindsButCannotExecuteIsEACCES() throws Exception {
    file("found", "#!/bin/sh\n", "rw-r--r--");
    Files.createDirectory(root.resolve("directory"));

    assertThat(failure(inPath("found", root.toString()))).isEqualTo("EACCES");
    assertThat(failure(inPath("directory", root.toString()))).isEqualTo("EACCES");
  }

  @Test
  void theSearchGoesOnBehindWhatCannotBeExecuted() throws Exception {
    file("true", "", "rw-r--r--");
    JobSetup setup = inPath("true", root + "::/no/such:/usr/bin:/bin");

    assertThat(jobs.run(setup).cause()).isEqualTo(new Exit.Cause.Exited(0));
  }

  @Test
  void theChildsPathAndDirectoryCountAndNotTheWorkers() throws Exception {
    Files.createDirectory(root.resolve("bin"));
    file("bin/tool", "#!/bin/sh\nexit 9\n", "rwx------");

    for (List<String> argvAndPath :
        List.of(List.of("tool", "bin"), List.of("bin/tool", ""), List.of("./bin/tool", ""))) {
      JobSetup setup = inPath(argvAndPath.get(0), argvAndPath.get(1));
      setup.workingDirectory = root;
      assertThat(jobs.run(setup).cause()).isEqualTo(new Exit.Cause.Exited(9));
    }
    JobSetup here = inPath("tool", "");
    here.workingDirectory = root.resolve("bin");
    assertThat(jobs.run(here).cause()).isEqualTo(new Exit.Cause.Exited(9));
    assertThat(failure(inPath("sh", "/no/such"))).isEqualTo("ENOENT");
  }

  @Test
  void aScriptWithoutAnInterpreterLineIsENOEXEC() throws Exception {
    Path script = file("script", "echo hello\n", "rwx------");

    assertThat(failure(jobs.command(script.toString()))).isEqualTo("ENOEXEC");
  }

  @Test
  void aMissingInterpreterIsSaidToBeMissing() throws Exception {
    Path script = file("script", "#!/no/such/interpreter\n", "rwx------");

    assertThatThrownBy(() -> jobs.start(jobs.command(script.toString())))
        .isInstanceOf(StartFailure.class)
        .hasMessageContaining("interpreter")
        .hasMessageContaining("ENOENT");
  }

  @Test
  void aProgramThatIsBeingWrittenIsETXTBSY() throws Exception {
    Path program = root.resolve("program");
    Files.copy(Path.of("/bin/true"), program);
    try (FileChannel writer = FileChannel.open(program, StandardOpenOption.WRITE)) {
      assertThat(writer.isOpen()).isTrue();
      assertThat(failure(jobs.command(program.toString()))).isEqualTo("ETXTBSY");
    }
  }

  @Test
  void tooManyArgumentsAreE2BIG() {
    assertThat(failure(jobs.command("true", "x".repeat(200_000)))).isEqualTo("E2BIG");
  }

  @Test
  void aMissingWorkingDirectoryIsNamed() {
    JobSetup setup = jobs.command("true");
    setup.workingDirectory = root.resolve("absent");

    assertThatThrownBy(() -> jobs.start(setup))
        .isInstanceOf(StartFailure.class)
        .hasMessageContaining("working directory " + root.resolve("absent"))
        .hasMessageContaining("ENOENT");
    setup.workingDirectory = Path.of("/etc/passwd");
    assertThat(failure(setup)).isEqualTo("ENOTDIR");
  }

  @Test
  void aMissingJobDirectoryIsNamed() throws Exception {
    JobSetup setup = jobs.command("true");
    Files.delete(setup.directory);

    assertThatThrownBy(() -> jobs.start(setup))
        .isInstanceOf(StartFailure.class)
        .hasMessageContaining("job directory " + setup.directory);
  }

  @Test
  void whatCannotBePassedIsEINVAL() {
    assertThat(failure(jobs.command("true", "a\0b"))).isEqualTo("EINVAL");
    for (Map<String, String> bad :
        List.of(Map.of("", "x"), Map.of("A=B", "x"), Map.of("A", "x\0y"), Map.of("A\0", "x"))) {
      JobSetup setup = jobs.command("/bin/true");
      setup.environment = bad;
      assertThat(failure(setup)).isEqualTo("EINVAL");
    }
  }

  @Test
  void afterAFailureTheSameJobCanBeStarted() throws Exception {
    JobSetup setup = jobs.command("no-such-command");
    assertThat(failure(setup)).isEqualTo("ENOENT");
    assertThat(jobs.runner.alive()).isEmpty();
    setup.argv = List.of("true");

    assertThat(jobs.run(setup).cause()).isEqualTo(new Exit.Cause.Exited(0));
  }

  private String failure(JobSetup setup) {
    return catchThrowableOfType(StartFailure.class, () -> jobs.start(setup)).errnoName();
  }

  private JobSetup inPath(String command, String path) {
    JobSetup setup = jobs.command(command);
    setup.environment = Map.of("PATH", path);
    return setup;
  }

  private Path file(String name, String text, String permissions) throws Exception {
    Path file = Files.writeString(root.resolve(name), text);
    return Files.setPosixFilePermissions(file, PosixFilePermissions.fromString(permissions));
  }
}
