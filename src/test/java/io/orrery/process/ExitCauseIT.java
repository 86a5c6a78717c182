package io.orrery.process;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;

import io.orrery.posix.Waiting;
import io.orrery.process.Exit.Cause;
import io.orrery.process.Exit.Ending;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ExitCauseIT {
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

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 2, 124, 125, 126, 127, 128, 137, 143, 255})
  void anExitCodeIsThatCodeAndNothingElse(int code) throws Exception {
    Exit exit = jobs.run(jobs.sh("exit " + code));

    assertThat(exit.cause()).isEqualTo(new Cause.Exited(code));
    assertThat(exit.ending()).isEqualTo(Ending.BY_ITSELF);
    assertThat(exit.survivors()).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({"HUP, 1", "KILL, 9", "TERM, 15", "USR1, 10"})
  void aSignalIsASignalAndNotACode(String name, int signal) throws Exception {
    Exit exit = jobs.run(jobs.sh("kill -" + name + " $$"));

    assertThat(exit.cause()).isEqualTo(new Cause.Signalled(signal, false));
  }

  @Test
  void aSegmentationFaultIsSignal11() throws Exception {
    Exit exit = jobs.run(jobs.sh("ulimit -c 0; kill -SEGV $$"));

    assertThat(exit.cause()).isEqualTo(new Cause.Signalled(11, false));
  }

  @Test
  void timesAndMemoryAreTheJobs() throws Exception {
    JobSetup busy = jobs.sh("i=0; while [ $i -lt 200000 ]; do i=$((i+1)); done");
    Instant before = Instant.now();
    RunnerFixture.Job job = jobs.start(busy);
    Exit exit = job.await();

    assertThat(exit.used().userTime()).isGreaterThan(Duration.ofMillis(10));
    assertThat(job.started().startTime()).isBetween(before, exit.endTime());
    assertThat(exit.endTime()).isBeforeOrEqualTo(Instant.now());
    assertThat(exit.used().peakMemoryBytes())
        .as("a shell is smaller than this JVM, whose size it starts with")
        .isZero();
  }

  @Test
  void thePeakOfABigJobIsKnown() throws Exception {
    long megabytes = (Waiting.getrusage() >> 20) + 64;
    Exit exit =
        jobs.run(
            jobs.command("dd", "if=/dev/zero", "of=/dev/null", "count=1", "bs=" + megabytes + "M"));

    assertThat(exit.used().peakMemoryBytes()).isBetween(megabytes << 20, (megabytes + 64) << 20);
  }

  @Test
  void exitJsonIsThereBeforeTheExitIsTold() throws Exception {
    JobSetup setup = jobs.sh("exit 3");
    var seen = new CompletableFuture<ExitRecord>();
    Started started =
        jobs.runner.spawn(
            setup.launch(),
            exit -> {
              try {
                seen.complete(ExitRecord.read(setup.directory).orElseThrow());
              } catch (Exception e) {
                seen.completeExceptionally(e);
              }
            });

    ExitRecord exitRecord = seen.get(30, SECONDS);
    assertThat(exitRecord.jobId()).isEqualTo(setup.jobId);
    assertThat(exitRecord.attempt()).isEqualTo(1);
    assertThat(exitRecord.started()).isEqualTo(started);
    assertThat(exitRecord.exit().cause()).isEqualTo(new Cause.Exited(3));
  }
}
