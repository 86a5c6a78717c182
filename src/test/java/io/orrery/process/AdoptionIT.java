package io.orrery.process;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;

import io.orrery.process.Exit.Cause;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
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
          .isEqualTo(new Resumption.Running(job.started()));
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
