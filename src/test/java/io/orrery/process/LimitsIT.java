package io.orrery.process;

import static io.orrery.process.RunnerFixture.NO_GRACE;
import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.orrery.job.LimitKind;
import io.orrery.job.Limits;
import io.orrery.job.Limits.InputOutput;
import io.orrery.process.Exit.Cause;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Random;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** On the real kernel, by the controllers that this host has. */
class LimitsIT {
  private static final long MIB = 1 << 20;

  @TempDir Path root;
  private Cgroups cgroups;
  private RunnerFixture jobs;

  @BeforeEach
  void open() {
    cgroups = Cgroups.open(CgroupMounts.read(), "orrery-test-" + UUID.randomUUID());
    jobs = new RunnerFixture(root, cgroups);
  }

  @AfterEach
  void close() throws Exception {
    jobs.close();
  }

  private JobSetup limited(Limits limits, String script) {
    JobSetup setup = jobs.sh(script);
    setup.workingDirectory = setup.directory;
    setup.confinement = new Confinement(limits, "");
    return setup;
  }

  private void need(LimitKind kind) {
    assertThat(jobs.runner.enforceable())
        .as("run as root on a host that has " + kind.need())
        .contains(kind);
  }

  private Limits memory(long bytes) {
    need(LimitKind.MEMORY);
    return new Limits(bytes, 0, 0, InputOutput.NONE, 0, 0, 0, false);
  }

  private Limits pids(long most) {
    need(LimitKind.PIDS);
    return new Limits(0, 0, most, InputOutput.NONE, 0, 0, 0, false);
  }

  private static Limits resources(long openFiles, long fileSize, int nice, boolean noNew) {
    return new Limits(0, 0, 0, InputOutput.NONE, openFiles, fileSize, nice, noNew);
  }

  @Test
  void aMemoryHogIsOutOfMemoryAndNobodyElseIs() throws Exception {
    RunnerFixture.Job neighbour = jobs.start(jobs.sh("sleep 300"));
    Exit exit = jobs.run(limited(memory(32 * MIB), "exec tail /dev/zero"));

    assertThat(exit.cause()).isEqualTo(new Cause.OutOfMemory(new Cause.Signalled(9, false)));
    assertThat(exit.used().peakMemoryBytes()).isBetween(31 * MIB, 32 * MIB);
    assertThat(neighbour.exit()).isNotDone();
  }

  @Test
  void aChildOutOfMemoryIsTheCauseOfAFailureThatFollows() throws Exception {
    Exit exit = jobs.run(limited(memory(32 * MIB), "tail /dev/zero; exit 3"));
    Exit unhurt = jobs.run(limited(memory(32 * MIB), "tail /dev/zero; exit 0"));

    assertThat(exit.cause()).isEqualTo(new Cause.OutOfMemory(new Cause.Exited(3)));
    assertThat(unhurt.cause()).isEqualTo(new Cause.Exited(0));
  }

  @Test
  void aKillIsNotTakenForOutOfMemoryNorAnExitCodeForAKill() throws Exception {
    assertThat(jobs.run(limited(memory(64 * MIB), "kill -9 $$")).cause())
        .isEqualTo(new Cause.Signalled(9, false));
    assertThat(jobs.run(limited(memory(64 * MIB), "exit 137")).cause())
        .isEqualTo(new Cause.Exited(137));
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 4096, 65536, 262144})
  void aLimitTooSmallToStartInHurtsOnlyTheJob(long bytes) throws Exception {
    try {
      assertThat(jobs.run(limited(memory(bytes), "exit 0")).cause())
          .isInstanceOfAny(Cause.OutOfMemory.class, Cause.Signalled.class, Cause.Exited.class);
    } catch (StartFailure refused) {
      assertThat(refused.errno()).isPositive();
    }
    assertThat(jobs.run(jobs.sh("exit 4")).cause()).isEqualTo(new Cause.Exited(4));
  }

  @Test
  void aForkBombIsHeldAndEnds() throws Exception {
    JobSetup setup = limited(pids(20), "bomb() { bomb | bomb & bomb; }; bomb 2>/dev/null");
    setup.stopGrace = NO_GRACE;
    RunnerFixture.Job job = jobs.start(setup);
    JobGroup group = JobGroup.recorded(AttemptRecord.read(setup.directory).orElseThrow().cgroups());
    RunnerFixture.await(() -> group.members().size() >= 15 || job.exit().isDone());

    for (int look = 0; look < 50; look++) {
      assertThat(group.members().size()).isLessThanOrEqualTo(20);
    }
    assertThat(jobs.run(jobs.sh("true | true; exit 4")).cause()).isEqualTo(new Cause.Exited(4));
    assertThat(jobs.stop(job, NO_GRACE).empty()).isTrue();
    assertThat(group.members()).isEmpty();
  }

  @Test
  void oneProcessIsEnoughForAJobThatIsOne() throws Exception {
    JobSetup alone = limited(pids(1), "exit 6");
    // A shell that forks before it is moved into its cgroup is not held yet.
    JobSetup forking =
        limited(pids(1), "i=0; while [ $i -lt 50000 ]; do i=$((i+1)); done; /bin/true; exit 0");

    assertThat(jobs.run(alone).cause()).isEqualTo(new Cause.Exited(6));
    assertThat(jobs.run(forking).cause()).isNotEqualTo(new Cause.Exited(0));
  }

  @Test
  void processorTimeIsHeld() throws Exception {
    need(LimitKind.CPUS);
    Limits limits = new Limits(0, 0.2, 0, InputOutput.NONE, 0, 0, 0, false);
    JobSetup setup = limited(limits, "while :; do :; done");
    setup.timeout = Duration.ofSeconds(2);
    setup.stopGrace = NO_GRACE;
    Exit exit = jobs.run(setup);

    assertThat(exit.ending()).isEqualTo(Exit.Ending.TIMED_OUT);
    assertThat(exit.used().userTime().plus(exit.used().systemTime()))
        .isLessThan(Duration.ofMillis(800));
  }

  @Test
  void readingFromDisksIsHeld() throws Exception {
    need(LimitKind.IO_READ);
    byte[] bytes = new byte[(int) (3 * MIB)];
    new Random(1).nextBytes(bytes);
    Path file = Files.write(root.resolve("file"), bytes);
    InputOutput io = new InputOutput(MIB, 0, 0, 0);
    // With version 1 the limit is written when the job has begun.
    String read =
        "sleep 0.5; sync " + file + "; exec dd iflag=direct bs=64k if=" + file + " of=/dev/null";
    long before = System.nanoTime();
    Exit exit = jobs.run(limited(new Limits(0, 0, 0, io, 0, 0, 0, false), read));

    assertThat(exit.cause()).isEqualTo(new Cause.Exited(0));
    assertThat(Duration.ofNanos(System.nanoTime() - before)).isGreaterThan(Duration.ofMillis(1500));
  }

  @Test
  void whatTheWholeTreeUsesIsCounted() throws Exception {
    String spin = "i=0; while [ $i -lt 300000 ]; do i=$((i+1)); done";
    JobSetup setup =
        limited(Limits.NONE, "setsid sh -c '" + spin + "; echo > done' & exec sleep 300");
    setup.stopGrace = NO_GRACE;
    RunnerFixture.Job job = jobs.start(setup);
    RunnerFixture.await(() -> Files.exists(setup.directory.resolve("done")));
    jobs.stop(job, NO_GRACE);
    Exit exit = job.await();

    assertThat(exit.used().userTime().plus(exit.used().systemTime()))
        .as("sleep has not waited for the other")
        .isGreaterThan(Duration.ofMillis(50));
    assertThat(exit.used().peakMemoryBytes()).isBetween(1L, 64 * MIB);
  }

  @Test
  void resourcesPriorityAndPrivilegesAreSetBeforeTheProgramRuns() throws Exception {
    JobSetup setup =
        limited(
            resources(77, 0, 7, true),
            "ulimit -n; nice; grep NoNewPrivs /proc/self/status; exit 9");

    assertThat(jobs.run(setup).cause()).isEqualTo(new Cause.Exited(9));
    assertThat(setup.stdout()).isEqualTo("77\n7\nNoNewPrivs:\t1\n");
  }

  @Test
  void aFileThatGrowsTooLargeEndsTheJob() throws Exception {
    JobSetup setup = limited(resources(0, 4096, 0, false), "exec cat /dev/zero > big");

    assertThat(jobs.run(setup).cause()).isEqualTo(new Cause.Signalled(25, false));
    assertThat(setup.directory.resolve("big")).hasSize(4096);
  }

  @Test
  void aCommandThatCannotBeExecutedIsToldAsWithoutLimits() throws Exception {
    Path script = Files.write(root.resolve("script"), "exit 0\n".getBytes(US_ASCII));
    Path lost = Files.write(root.resolve("lost"), "#!/no/such/shell\n".getBytes(US_ASCII));
    assertThat(script.toFile().setExecutable(true) && lost.toFile().setExecutable(true)).isTrue();

    refuses(script.toString(), "ENOEXEC");
    refuses(lost.toString(), "ENOENT");
    refuses(root.resolve("missing").toString(), "ENOENT");
    refuses("no-such-command", "ENOENT");
    refuses(root.toString(), "EACCES");
    refuses("/etc/passwd", "EACCES");
  }

  private void refuses(String command, String errno) {
    JobSetup setup = jobs.command(command);
    setup.confinement = new Confinement(resources(77, 0, 0, false), "");
    assertThatThrownBy(() -> jobs.start(setup))
        .isInstanceOfSatisfying(
            StartFailure.class, failure -> assertThat(failure.errnoName()).isEqualTo(errno));
  }

  @Test
  void theJobsOwnExitCodesPassThrough() throws Exception {
    for (int code : new int[] {125, 126, 127}) {
      assertThat(jobs.run(limited(resources(77, 0, 1, true), "exit " + code)).cause())
          .isEqualTo(new Cause.Exited(code));
    }
  }

  @Test
  void moreThanThisWorkerMayGiveIsRefused() {
    JobSetup setup = limited(resources(Long.MAX_VALUE, 0, 0, false), "exit 0");

    assertThatThrownBy(() -> jobs.start(setup)).hasMessageContaining("open files");
  }

  @Test
  void anotherUserHasItsOwnRightsAndTheJobsFiles() throws Exception {
    need(LimitKind.RUN_AS);
    Path secret = Files.write(root.resolve("secret"), new byte[] {1});
    Files.setPosixFilePermissions(
        secret, java.nio.file.attribute.PosixFilePermissions.fromString("rw-------"));
    JobSetup setup =
        jobs.sh(
            "id -u; id -G; echo mine > file && cat file; echo again > /dev/stderr; "
                + "cat "
                + secret
                + " || cat /proc/$PPID/environ || ls /proc/$PPID/fd || exit 8");
    setup.workingDirectory = Files.createDirectory(setup.directory.resolve("work"));
    setup.confinement = new Confinement(Limits.NONE, "nobody");

    assertThat(jobs.run(setup).cause()).isEqualTo(new Cause.Exited(8));
    assertThat(setup.stdout()).isEqualTo("65534\n65534\nmine\n");
  }

  @Test
  void anotherUserMayBeANumber() throws Exception {
    need(LimitKind.RUN_AS);
    JobSetup setup = jobs.sh("id -u");
    setup.workingDirectory = Files.createDirectory(setup.directory.resolve("work"));
    setup.confinement = new Confinement(Limits.NONE, "65534");

    assertThat(jobs.run(setup).cause()).isEqualTo(new Cause.Exited(0));
    assertThat(setup.stdout()).isEqualTo("65534\n");
  }

  @Test
  void aDirectoryThatTheOtherUserMayNotEnterIsRefused() throws Exception {
    need(LimitKind.RUN_AS);
    Path closed = Files.createDirectory(root.resolve("closed"));
    Files.setPosixFilePermissions(
        closed, java.nio.file.attribute.PosixFilePermissions.fromString("rwx------"));
    JobSetup setup = jobs.sh("pwd");
    setup.workingDirectory = closed;
    setup.confinement = new Confinement(Limits.NONE, "nobody");

    assertThatThrownBy(() -> jobs.start(setup))
        .isInstanceOfSatisfying(
            StartFailure.class, failure -> assertThat(failure.errnoName()).isEqualTo("EACCES"))
        .hasMessageContaining("working directory " + closed + ": the user nobody may not enter it");
  }

  @Test
  void aProgramThatTheOtherUserMayNotExecuteIsRefused() throws Exception {
    need(LimitKind.RUN_AS);
    Path program = Files.copy(Path.of("/bin/true"), root.resolve("program"));
    Files.setPosixFilePermissions(
        program, java.nio.file.attribute.PosixFilePermissions.fromString("rwx------"));
    JobSetup setup = jobs.command(program.toString());
    setup.confinement = new Confinement(Limits.NONE, "nobody");

    assertThatThrownBy(() -> jobs.start(setup)).hasMessageContaining("nobody");
  }
}
