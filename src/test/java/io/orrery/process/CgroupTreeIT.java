package io.orrery.process;

import static io.orrery.process.RunnerFixture.LONG;
import static io.orrery.process.RunnerFixture.NO_GRACE;
import static io.orrery.process.RunnerFixture.isAlive;
import static io.orrery.process.RunnerFixture.pidIn;
import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;

import io.orrery.process.Exit.Cause;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** On the real kernel of this host, in both versions where it has both. */
class CgroupTreeIT {
  /**
   * Leaves no trace; not before its main process is in the group, which takes version 2 a while.
   */
  private static final String SCRUBBED =
      "until grep -q orrery-test /proc/$$/cgroup; do sleep 0.01; done; (env -i setsid sh -c 'echo"
          + " $$ > tmp; mv tmp daemon; exec sleep 300' <&- >&- 2>&- &); while [ ! -e daemon ]; do"
          + " sleep 0.01; done";

  private final String name = "orrery-test-" + UUID.randomUUID();
  private final CgroupMounts mounts = CgroupMounts.read();
  @TempDir Path root;
  private RunnerFixture jobs;

  enum Version {
    V1,
    V2
  }

  private RunnerFixture open(Version version) {
    CgroupMounts some =
        version == Version.V1
            ? new CgroupMounts(null, mounts.controllers())
            : new CgroupMounts(mounts.unified(), Map.of());
    jobs = new RunnerFixture(root, Cgroups.open(some, name));
    return jobs;
  }

  @AfterEach
  void close() throws Exception {
    jobs.close();
    assertThat(directories()).as("cgroups that are left").isEmpty();
  }

  /** Every directory of this test in any hierarchy. */
  private List<Path> directories() {
    List<Path> all = new ArrayList<>();
    Stream.concat(Stream.ofNullable(mounts.unified()), mounts.controllers().values().stream())
        .map(home -> home.resolve(name))
        .filter(Files::exists)
        .forEach(
            parent -> {
              all.add(parent);
              for (File each :
                  Objects.requireNonNull(parent.toFile().listFiles(File::isDirectory))) {
                all.add(each.toPath());
              }
            });
    return all;
  }

  private JobSetup here(String script) {
    JobSetup setup = jobs.sh(script);
    setup.workingDirectory = setup.directory;
    return setup;
  }

  private JobGroup group(JobSetup setup) throws IOException {
    JobGroup group = JobGroup.recorded(AttemptRecord.read(setup.directory).orElseThrow().cgroups());
    assertThat(group.isTracking())
        .as("run as root, or in a cgroup that was delegated, on a host with cgroups")
        .isTrue();
    return group;
  }

  @ParameterizedTest
  @EnumSource
  void aScrubbedDaemonIsEndedWhenItsJobIs(Version version) throws Exception {
    open(version);
    JobSetup setup = here(SCRUBBED);
    Exit exit = jobs.run(setup);

    assertThat(isAlive(pidIn(setup.directory.resolve("daemon")))).isFalse();
    assertThat(exit.cause()).isEqualTo(new Cause.Exited(0));
  }

  @ParameterizedTest
  @EnumSource
  void aScrubbedDaemonThatIgnoresTermIsKilledByAStop(Version version) throws Exception {
    open(version);
    JobSetup setup = here("trap '' TERM; " + SCRUBBED + "; sleep 300");
    RunnerFixture.Job job = jobs.start(setup);
    int daemon = pidIn(setup.directory.resolve("daemon"));
    JobGroup group = group(setup);
    assertThat(group.members()).contains(daemon, job.started().pid());

    assertThat(jobs.stop(job, Duration.ofMillis(100)).empty()).isTrue();
    assertThat(isAlive(daemon)).isFalse();
    assertThat(job.await().cause()).isEqualTo(new Cause.Signalled(9, false));
    RunnerFixture.await(() -> directories().size() < 2 || group.members().isEmpty());
  }

  @ParameterizedTest
  @EnumSource
  void forksWithoutACookieDoNotOutrunTheKill(Version version) throws Exception {
    open(version);
    JobSetup setup =
        here(
            "trap '' TERM; echo > ready; i=0; while [ $i -lt 60 ]; do env -i setsid sh -c 'trap"
                + " \"\" TERM; sleep 0.05; setsid sh -c \"sleep 0.05; sleep 300\" & wait' & "
                + "i=$((i+1)); done; wait");
    RunnerFixture.Job job = jobs.start(setup);
    RunnerFixture.await(() -> Files.exists(setup.directory.resolve("ready")));
    JobGroup group = group(setup);

    assertThat(jobs.stop(job, NO_GRACE).empty()).isTrue();
    assertThat(group.members()).isEmpty();
  }

  @ParameterizedTest
  @EnumSource
  void aStoppedJobIsWokenToHearTheSignal(Version version) throws Exception {
    open(version);
    JobSetup setup = here("trap 'exit 5' TERM; echo > ready; kill -STOP $$; while :; do :; done");
    RunnerFixture.Job job = jobs.start(setup);
    RunnerFixture.await(
        () -> Files.readString(Path.of("/proc/" + job.started().pid() + "/stat")).contains(") T "));

    assertThat(jobs.stop(job, LONG).empty()).isTrue();
    assertThat(job.await().cause()).isEqualTo(new Cause.Exited(5));
  }

  @ParameterizedTest
  @EnumSource
  void whatSigkillDoesNotEndIsNamedUntilItDoes(Version version) throws Exception {
    open(version);
    BlockingQueue<List<Integer>> stuck = new LinkedBlockingQueue<>();
    jobs.runner.onStuck((_, survivors) -> stuck.add(survivors));
    RunnerFixture.Job job = jobs.start(here("exec sleep 300"));
    int pid = job.started().pid();
    Path freezer = mounts.controllers().get("freezer").resolve(name);
    Files.createDirectory(freezer);
    try {
      Files.writeString(freezer.resolve("cgroup.procs"), Integer.toString(pid));
      Files.writeString(freezer.resolve("freezer.state"), "FROZEN");

      TreeReport report = jobs.stop(job, NO_GRACE);
      assertThat(report.empty()).isFalse();
      assertThat(report.survivors()).containsExactly(pid);
      assertThat(stuck.poll(10, SECONDS)).containsExactly(pid);
      assertThat(stuck.poll(10, SECONDS)).as("told again").containsExactly(pid);
      assertThat(job.exit()).isNotDone();
    } finally {
      Files.writeString(freezer.resolve("freezer.state"), "THAWED");
    }
    // Both signals are waiting for it when it wakes.
    assertThat(job.await().cause())
        .isIn(new Cause.Signalled(9, false), new Cause.Signalled(15, false));
    RunnerFixture.await(() -> freezer.toFile().delete());
  }

  @ParameterizedTest
  @EnumSource
  void aHundredShortJobsLeaveNoGroups(Version version) throws Exception {
    open(version);
    List<RunnerFixture.Job> started = new ArrayList<>();
    for (int i = 0; i < 100; i++) {
      started.add(jobs.start(jobs.command("/bin/true")));
    }
    for (RunnerFixture.Job job : started) {
      assertThat(job.await().cause()).isEqualTo(new Cause.Exited(0));
    }
    RunnerFixture.await(
        () ->
            directories().stream()
                .allMatch(each -> String.valueOf(each.getFileName()).equals(name)));
  }

  @ParameterizedTest
  @EnumSource
  void theGroupsOfJobsThatEndedMeanwhileAreSweptAway(Version version) throws Exception {
    open(version);
    JobSetup setup = here("exit 0");
    jobs.run(setup);
    Collection<Path> groups = group(setup).directories().values();
    RunnerFixture.await(() -> groups.stream().noneMatch(Files::exists));
    groups.forEach(each -> assertThat(each.toFile().mkdirs()).isTrue());
    RunnerFixture first = jobs;
    open(version);

    assertThat(group(setup).directories().values()).allMatch(each -> !Files.exists(each));
    first.close();
  }
}
