package io.orrery.process;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;

import io.orrery.process.Exit.Cause;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AdoptionIT {
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
  void aJobIsFoundByAnotherRunnerAndItsEndIsToldAsNotKnown() throws Exception {
    RunnerFixture.Job job = jobs.start(jobs.sh("sleep 300 & sleep 300"));
    CompletableFuture<Exit> exit = new CompletableFuture<>();
    try (EmbeddedRunner other = new EmbeddedRunner()) {
      assertThat(other.resume(job.setup().launch().terms(), exit::complete))
          .isEqualTo(new Resumption.Running(job.started(), false));
      TreeReport report =
          other.stop(job.setup().jobId, 15, Duration.ofSeconds(30)).get(60, SECONDS);

      assertThat(report.empty()).isTrue();
      assertThat(exit.get(30, SECONDS).cause()).isEqualTo(new Cause.Unobserved());
      assertThat(exit.get().ending()).isEqualTo(Exit.Ending.STOPPED);
    }
  }

  @Test
  void aJobWithoutARecordIsFoundByItsSession() throws Exception {
    RunnerFixture.Job job = jobs.start(jobs.sh("sleep 300"));
    Files.delete(job.setup().directory.resolve("attempt.json"));
    try (EmbeddedRunner other = new EmbeddedRunner()) {
      assertThat(other.resume(job.setup().launch().terms(), exit -> {}))
          .isInstanceOfSatisfying(
              Resumption.Running.class,
              running -> assertThat(running.started().pid()).isEqualTo(job.started().pid()));
    }
  }

  /** As it is when the wall clock was set forward by a day since the job began. */
  @Test
  void aJobKeepsTheRestOfItsTimeWhateverTheWallClockSays() throws Exception {
    JobSetup setup = jobs.sh("sleep 300");
    setup.timeout = Duration.ofHours(1);
    RunnerFixture.Job job = jobs.start(setup);
    AttemptRecord record = AttemptRecord.read(setup.directory).orElseThrow();
    Instant yesterday = job.started().startTime().minus(Duration.ofDays(1));
    new AttemptRecord(
            record.attempt(),
            record.bootId(),
            new Started(job.started().pid(), yesterday),
            record.startTicks(),
            record.cgroups())
        .write(setup.directory);
    CompletableFuture<Exit> exit = new CompletableFuture<>();
    try (EmbeddedRunner other = new EmbeddedRunner()) {
      assertThat(other.resume(setup.launch().terms(), exit::complete))
          .isEqualTo(new Resumption.Running(new Started(job.started().pid(), yesterday), false));
      other.stop(setup.jobId, 15, Duration.ofSeconds(30)).get(60, SECONDS);

      assertThat(exit.get(30, SECONDS).ending()).isEqualTo(Exit.Ending.STOPPED);
      assertThat(Duration.between(yesterday, exit.get().endTime())).isLessThan(Duration.ofHours(1));
    }
  }

  @Test
  void aStrangerWithTheSamePidIsNotTakenForTheJob() throws Exception {
    RunnerFixture.Job stranger = jobs.start(jobs.sh("sleep 300"));
    JobSetup setup = jobs.sh("sleep 300");
    new AttemptRecord(1, BootId.CURRENT, stranger.started(), 1, List.of()).write(setup.directory);
    try (EmbeddedRunner other = new EmbeddedRunner()) {
      assertThat(other.resume(setup.launch().terms(), exit -> {})).isEqualTo(new Resumption.Gone());
    }
  }

  @Test
  void anExitOnRecordIsTheEndWhateverRuns() throws Exception {
    JobSetup setup = jobs.sh("exit 3");
    Exit exit = jobs.run(setup);
    try (EmbeddedRunner other = new EmbeddedRunner()) {
      assertThat(other.resume(setup.launch().terms(), never -> {}))
          .isInstanceOfSatisfying(
              Resumption.Ended.class,
              ended -> assertThat(ended.exit().cause()).isEqualTo(exit.cause()));
    }
  }
}
