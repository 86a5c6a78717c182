package io.orrery.process;

import static io.orrery.process.RunnerFixture.LONG;
import static io.orrery.process.RunnerFixture.NO_GRACE;
import static io.orrery.process.RunnerFixture.isAlive;
import static io.orrery.process.RunnerFixture.pidIn;
import static org.assertj.core.api.Assertions.assertThat;

import io.orrery.process.Exit.Cause;
import io.orrery.process.Exit.Ending;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TreeIT {
  /** A daemon as the book has it: forked twice, in its own session, without descriptors. */
  private static final String DAEMON =
      "(setsid sh -c 'echo $$ > tmp; mv tmp daemon; exec sleep 300' <&- >&- 2>&- &);"
          + " while [ ! -e daemon ]; do sleep 0.01; done";

  private static final String SCRUBBED = DAEMON.replace("setsid", "env -i setsid");

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
  void whatTheMainProcessLeavesBehindIsEndedBeforeTheExitIsTold() throws Exception {
    JobSetup setup = here("sleep 300 & echo $! > child; exit 4");
    Exit exit = jobs.run(setup);

    assertThat(isAlive(pidIn(setup.directory.resolve("child")))).isFalse();
    assertThat(exit.cause()).isEqualTo(new Cause.Exited(4));
    assertThat(exit.ending()).isEqualTo(Ending.BY_ITSELF);
    assertThat(exit.survivors()).isEmpty();
  }

  @Test
  void whatChildrenWroteBeforeTheEndIsThereEachTime() throws Exception {
    for (int i = 0; i < 100; i++) {
      JobSetup setup =
          here(
              "(echo child; echo > ready; exec sleep 300) &"
                  + " while [ ! -e ready ]; do :; done; echo main; exit 0");

      assertThat(jobs.run(setup).cause()).isEqualTo(new Cause.Exited(0));
      assertThat(setup.stdout()).isEqualTo("child\nmain\n");
    }
  }

  @Test
  void whatIgnoresTermIsKilledAfterTheGrace() throws Exception {
    JobSetup setup =
        here(
            "(trap '' TERM; echo > ready; while :; do sleep 0.2; done) & echo $! > child;"
                + " while [ ! -e ready ]; do sleep 0.01; done");
    setup.stopGrace = Duration.ofMillis(100);
    jobs.run(setup);

    assertThat(isAlive(pidIn(setup.directory.resolve("child")))).isFalse();
  }

  @Test
  void aStopEndsTheGraceOfWhatIsLeft() throws Exception {
    JobSetup setup =
        here(
            "(trap '' TERM; echo > ready; while :; do sleep 0.2; done) & echo $! > child;"
                + " while [ ! -e ready ]; do sleep 0.01; done");
    setup.stopGrace = LONG;
    RunnerFixture.Job job = jobs.start(setup);
    pidIn(setup.directory.resolve("child"));
    RunnerFixture.await(() -> !isAlive(job.started().pid()));

    assertThat(jobs.stop(job, NO_GRACE).killed()).isPositive();
    assertThat(job.await().ending()).isEqualTo(Ending.BY_ITSELF);
  }

  @Test
  void aDaemonIsFoundByTheJobsIdInItsEnvironment() throws Exception {
    JobSetup setup = here(DAEMON);
    Exit exit = jobs.run(setup);

    assertThat(isAlive(pidIn(setup.directory.resolve("daemon")))).isFalse();
    assertThat(exit.survivors()).isEmpty();
  }

  @Test
  void aScrubbedProcessIsFoundWhileItsAncestorsLive() throws Exception {
    JobSetup setup = here("env -i setsid sleep 300 & echo $! > child; wait");
    RunnerFixture.Job job = jobs.start(setup);
    int child = pidIn(setup.directory.resolve("child"));
    RunnerFixture.await(
        () -> Proc.entry(child).filter(each -> each.session() == child).isPresent());

    assertThat(jobs.stop(job, LONG).empty()).isTrue();
    assertThat(isAlive(child)).isFalse();
  }

  @Test
  void aScrubbedDaemonIsNotFoundWhichIsTheLimitOfLooking() throws Exception {
    JobSetup setup = here(SCRUBBED);
    Exit exit = jobs.run(setup);
    int daemon = pidIn(setup.directory.resolve("daemon"));

    try {
      assertThat(exit.survivors()).isEmpty();
      assertThat(isAlive(daemon)).isTrue();
    } finally {
      RunnerFixture.kill(daemon);
    }
  }

  @Test
  void forksDoNotOutrunTheKill() throws Exception {
    JobSetup setup =
        here(
            "trap '' TERM; breed() { i=0; while [ $i -lt 40 ]; do setsid sh -c 'trap \"\" TERM;"
                + " sleep 0.05; sh -c \"trap \\\"\\\" TERM; sleep 0.05; sleep 300\" & wait' & "
                + "i=$((i+1)); done; }; echo > ready; breed; wait");
    RunnerFixture.Job job = jobs.start(setup);
    RunnerFixture.await(() -> Files.exists(setup.directory.resolve("ready")));
    TreeReport report = jobs.stop(job, NO_GRACE);

    assertThat(report.survivors()).isEmpty();
    assertThat(ProcessTable.read().entries())
        .noneMatch(each -> !each.gone() && Proc.cookieOf(each.pid()).equals(setup.jobId));
  }

  @Test
  void nobodyElseIsTouched() throws Exception {
    Process bystander = new ProcessBuilder("sleep", "300").start();
    RunnerFixture.Job other = jobs.start(jobs.sh("sleep 300"));
    try {
      jobs.stop(jobs.start(jobs.sh("sleep 300 & sleep 300")), NO_GRACE);

      assertThat(bystander.isAlive()).isTrue();
      assertThat(other.exit()).isNotDone();
    } finally {
      bystander.destroyForcibly().waitFor();
    }
  }

  private JobSetup here(String script) {
    JobSetup setup = jobs.sh(script);
    setup.workingDirectory = setup.directory;
    return setup;
  }
}
