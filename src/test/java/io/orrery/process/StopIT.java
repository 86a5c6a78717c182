package io.orrery.process;

import static io.orrery.process.RunnerFixture.LONG;
import static io.orrery.process.RunnerFixture.NO_GRACE;
import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.orrery.process.Exit.Cause;
import io.orrery.process.Exit.Ending;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StopIT {
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
  void aStopIsTheSignalAndAnEmptyTree() throws Exception {
    RunnerFixture.Job job = jobs.start(jobs.sh("sleep 300 & sleep 300"));

    assertThat(jobs.stop(job, LONG)).isEqualTo(new TreeReport(true, List.of(), 0));
    assertThat(job.exit()).as("the exit is told before the stop is").isDone();
    assertThat(job.await().cause()).isEqualTo(new Cause.Signalled(15, false));
    assertThat(job.await().ending()).isEqualTo(Ending.STOPPED);
  }

  @Test
  void aJobMayEndWithACodeOfItsOwnWhenStopped() throws Exception {
    RunnerFixture.Job job = ready("trap 'exit 5' TERM; echo > ready; while :; do sleep 0.1; done");
    jobs.stop(job, LONG);

    assertThat(job.await().cause()).isEqualTo(new Cause.Exited(5));
    assertThat(job.await().ending()).isEqualTo(Ending.STOPPED);
  }

  @Test
  void aTreeThatIgnoresTermIsKilledAfterTheGrace() throws Exception {
    RunnerFixture.Job job =
        ready("trap '' TERM; sh -c 'while :; do sleep 1; done' & echo > ready; wait");
    TreeReport report = jobs.stop(job, Duration.ofMillis(200));

    assertThat(report.empty()).isTrue();
    assertThat(report.killed()).isGreaterThanOrEqualTo(2);
    assertThat(job.await().cause()).isEqualTo(new Cause.Signalled(9, false));
  }

  @Test
  void aSecondStopShortensTheGrace() throws Exception {
    RunnerFixture.Job job = ready("trap '' TERM; echo > ready; while :; do sleep 1; done");
    CompletableFuture<TreeReport> first = jobs.runner.stop(job.setup().jobId, 15, LONG);
    jobs.stop(job, NO_GRACE);

    assertThat(first.get(5, SECONDS).empty()).isTrue();
    assertThat(job.await().ending()).isEqualTo(Ending.STOPPED);
  }

  @Test
  void aSuspendedJobIsWokenToHearTheSignal() throws Exception {
    RunnerFixture.Job job = ready("trap 'exit 6' TERM; echo > ready; kill -STOP $$; sleep 300");
    jobs.stop(job, LONG);

    assertThat(job.await().cause()).isEqualTo(new Cause.Exited(6));
  }

  @Test
  void theTimeoutStopsAJob() throws Exception {
    JobSetup setup = jobs.sh("sleep 300");
    setup.timeout = Duration.ofMillis(100);
    Exit exit = jobs.run(setup);

    assertThat(exit.ending()).isEqualTo(Ending.TIMED_OUT);
    assertThat(exit.cause()).isEqualTo(new Cause.Signalled(15, false));
  }

  @Test
  void afterTheTimeoutTheGraceIsTheLaunchs() throws Exception {
    JobSetup setup = jobs.sh("trap '' TERM; while :; do sleep 1; done");
    setup.timeout = Duration.ofMillis(100);
    setup.stopGrace = Duration.ofMillis(100);
    Exit exit = jobs.run(setup);

    assertThat(exit.ending()).isEqualTo(Ending.TIMED_OUT);
    assertThat(exit.cause()).isEqualTo(new Cause.Signalled(9, false));
  }

  @Test
  void aJobThatEndsInTimeIsNotTimedOut() throws Exception {
    JobSetup setup = jobs.sh("exit 0");
    setup.timeout = Duration.ofSeconds(60);

    assertThat(jobs.run(setup).ending()).isEqualTo(Ending.BY_ITSELF);
  }

  @Test
  void stoppingAJobThatIsNotAliveIsDoneAtOnce() throws Exception {
    RunnerFixture.Job job = jobs.start(jobs.sh("exit 0"));
    job.await();

    assertThat(jobs.stop(job, LONG).empty()).isTrue();
    assertThat(jobs.runner.stop("nobody's", 9, LONG).get(1, SECONDS).empty()).isTrue();
  }

  @Test
  void aSignalGoesToTheWholeGroupAndEndsNothingByItself() throws Exception {
    RunnerFixture.Job job =
        ready(
            "trap 'echo got >> got' USR1; sh -c \"trap 'echo got >> got; exit' USR1;"
                + " echo > ready; while :; do sleep 0.05; done\" & wait; wait; cat got");
    jobs.runner.signal(job.setup().jobId, 10);
    job.await();

    assertThat(job.setup().stdout()).isEqualTo("got\ngot\n");
    assertThat(job.await().ending()).isEqualTo(Ending.BY_ITSELF);
  }

  @Test
  void whatIsNoSignalIsRefused() {
    assertThatThrownBy(() -> jobs.runner.stop("x", 0, LONG))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> jobs.runner.signal("x", 65))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> jobs.runner.stop("x", 15, Duration.ofSeconds(-1)))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void killAllReportsOnEveryJob() throws Exception {
    RunnerFixture.Job one = jobs.start(jobs.sh("sleep 300"));
    RunnerFixture.Job two = jobs.start(jobs.sh("sleep 300"));

    assertThat(jobs.runner.killAll(LONG).get(20, SECONDS))
        .containsOnlyKeys(one.setup().jobId, two.setup().jobId)
        .allSatisfy((id, report) -> assertThat(report.empty()).isTrue());
    assertThat(jobs.runner.alive()).isEmpty();
  }

  /** A job in its own directory that has come so far as to write the file ready. */
  private RunnerFixture.Job ready(String script) throws Exception {
    JobSetup setup = jobs.sh(script);
    setup.workingDirectory = setup.directory;
    RunnerFixture.Job job = jobs.start(setup);
    RunnerFixture.await(() -> Files.exists(setup.directory.resolve("ready")));
    return job;
  }
}
