package io.orrery.process;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a job finds when it starts. */
class ChildIT {
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
  void outputsAreAppendedToPrivateFiles() throws Exception {
    JobSetup setup = jobs.sh("echo out; echo error >&2");
    Files.writeString(setup.directory.resolve("stdout"), "before\n");
    jobs.run(setup);

    assertThat(setup.stdout()).isEqualTo("before\nout\n");
    assertThat(setup.stderr()).isEqualTo("error\n");
    assertThat(Files.getPosixFilePermissions(setup.directory.resolve("stderr")))
        .isEqualTo(PosixFilePermissions.fromString("rw-------"));
  }

  @Test
  void mergedOutputKeepsItsOrder() throws Exception {
    JobSetup setup = jobs.sh("echo 1; echo 2 >&2; echo 3");
    setup.streams = new StreamSetup(true, false, null);
    jobs.run(setup);

    assertThat(setup.stdout()).isEqualTo("1\n2\n3\n");
    assertThat(setup.directory.resolve("stderr")).doesNotExist();
  }

  @Test
  void standardInputIsTheFileOrNothing() throws Exception {
    JobSetup with = jobs.command("cat");
    Files.write(with.directory.resolve("stdin"), new byte[] {0, (byte) 0xff, 10});
    jobs.run(with);
    JobSetup without = jobs.command("cat");
    jobs.run(without);

    assertThat(with.directory.resolve("stdout")).hasBinaryContent(new byte[] {0, (byte) 0xff, 10});
    assertThat(without.stdout()).isEmpty();
  }

  @Test
  void noDescriptorsAreInherited() throws Exception {
    Files.writeString(root.resolve("held"), "");
    try (var held = Files.newInputStream(root.resolve("held"))) {
      assertThat(held.read()).isEqualTo(-1);
      JobSetup setup = jobs.command("ls", "/proc/self/fd");
      jobs.run(setup);

      // 3 is the directory that ls reads.
      assertThat(setup.stdout()).isEqualTo("0\n1\n2\n3\n");
    }
  }

  @Test
  void theEnvironmentIsTheGivenOneAndTheJobsId() throws Exception {
    JobSetup setup = jobs.command("env");
    setup.environment.put("ORRERY_JOB_ID", "another");
    setup.environment.put("EMPTY", "");
    jobs.run(setup);

    assertThat(setup.stdout().lines())
        .containsExactlyInAnyOrder("PATH=/usr/bin:/bin", "EMPTY=", "ORRERY_JOB_ID=" + setup.jobId);
  }

  @Test
  void itLeadsASessionWithDefaultSignals() throws Exception {
    JobSetup setup =
        jobs.sh("ps -o pid=,sid=,pgid= -p $$; grep -E 'Sig(Blk|Ign)' /proc/self/status");
    RunnerFixture.Job job = jobs.start(setup);
    job.await();

    int pid = job.started().pid();
    // The C library itself ignores the two signals (32 and 33) that it keeps for threads.
    assertThat(setup.stdout().replaceAll("[ \t]+", " ").replace("180000000", "000000000"))
        .contains("%d %d %d\n".formatted(pid, pid, pid))
        .contains("SigBlk: 0000000000000000\nSigIgn: 0000000000000000\n");
  }

  @Test
  void itStartsInItsWorkingDirectory() throws Exception {
    JobSetup setup = jobs.command("pwd");
    setup.workingDirectory = root;
    jobs.run(setup);

    assertThat(setup.stdout()).isEqualTo(root.toRealPath() + "\n");
  }

  @Test
  void argumentsAndEnvironmentAreTheirUtf8BytesInTheCLocale() throws Exception {
    ProbeRun run = probe("exec \"$@\"");

    assertThat(run.exitCode()).as(run.output()).isEqualTo(ByteExactProbe.EXIT_CODE);
    assertThat(root.resolve("probe/stdout"))
        .hasBinaryContent(
            (ByteExactProbe.TEXT + "\n" + ByteExactProbe.TEXT + "\n").getBytes(UTF_8));
  }

  @Test
  void exitCodesAreKnownAlsoBelowAParentThatIgnoresItsChildren() throws Exception {
    ProbeRun run = probe("trap '' CHLD; exec \"$@\"");

    assertThat(run.exitCode()).as(run.output()).isEqualTo(ByteExactProbe.EXIT_CODE);
  }

  private record ProbeRun(int exitCode, String output) {}

  private ProbeRun probe(String script) throws Exception {
    String java = ProcessHandle.current().info().command().orElseThrow();
    ProcessBuilder probe =
        new ProcessBuilder(
            "/bin/sh",
            "-c",
            script,
            "sh",
            java,
            "--enable-native-access=ALL-UNNAMED",
            "-cp",
            System.getProperty("java.class.path"),
            ByteExactProbe.class.getName(),
            root.toString());
    probe.environment().put("LC_ALL", "C");
    probe.redirectErrorStream(true);
    Process jvm = probe.start();
    String output = new String(jvm.getInputStream().readAllBytes(), UTF_8);
    return new ProbeRun(jvm.waitFor(), output);
  }
}
