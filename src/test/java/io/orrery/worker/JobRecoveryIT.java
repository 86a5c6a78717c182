package io.orrery.worker;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;

import io.orrery.job.Job;
import io.orrery.job.JobEnd;
import io.orrery.job.JobState;
import io.orrery.output.StreamLimit;
import io.orrery.process.EmbeddedRunner;
import io.orrery.process.Resumption;
import io.orrery.process.Started;
import io.vertx.core.json.JsonObject;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class JobRecoveryIT {
  @TempDir private Path data;
  private final List<Process> processes = new ArrayList<>();
  private JobDirectories directories;

  @BeforeEach
  void open() throws Exception {
    directories = JobDirectories.open(data, StreamLimit.NONE);
  }

  @AfterEach
  void close() {
    directories.close();
    processes.forEach(Process::destroyForcibly);
  }

  /** A job of which a process is left that does not heed SIGTERM, and is not the main one. */
  private Job leftBehind() throws Exception {
    Job job = Asked.job("sh");
    directories.create(job);
    ProcessBuilder command =
        new ProcessBuilder("sh", "-c", "trap '' TERM; echo ready; exec sleep 300");
    command.environment().put("ORRERY_JOB_ID", job.id().value());
    Process process = command.start();
    processes.add(process);
    assertThat(process.inputReader().readLine()).isEqualTo("ready");
    return job;
  }

  private static final Instant NOW = Instant.parse("2026-01-01T00:00:01Z");

  private List<Job> recover() throws Exception {
    try (EmbeddedRunner runner = new EmbeddedRunner()) {
      JobRecovery.Recovered found =
          new JobRecovery(directories, runner, InstantSource.fixed(NOW)).recover();
      assertThat(found.running()).isEmpty();
      return found.over();
    }
  }

  private static String whyLost(Job job) {
    assertThat(job.state().name()).isEqualTo(JobState.Name.LOST);
    return ((JobEnd.Unobserved) ((JobState.Ended) job.state()).end().cause()).message();
  }

  @Test
  void whatIsLeftOfManyJobsIsEndedWithinTheGraceOfOne() throws Exception {
    for (int i = 0; i < 5; i++) {
      leftBehind();
    }
    long start = System.nanoTime();

    List<Job> jobs = recover();

    assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(7));
    assertThat(jobs)
        .hasSize(5)
        .allSatisfy(job -> assertThat(whyLost(job)).contains("whether it ran is not known"));
    for (Process process : processes) {
      assertThat(process.waitFor(10, SECONDS)).isTrue();
    }
  }

  @Test
  void afterARebootNobodyIsSignalledAndTheReasonSaysSo() throws Exception {
    Job job = leftBehind();
    Files.writeString(
        directories.directory(job.id()).resolve("attempt.json"),
        new JsonObject()
            .put("attempt", 1)
            .put("boot_id", "the-boot-before-this-one")
            .put("pid", (int) processes.getFirst().pid())
            .put("start_time", NOW.toString())
            .encode());

    assertThat(recover())
        .singleElement()
        .satisfies(lost -> assertThat(whyLost(lost)).contains("the host was rebooted"));
    assertThat(processes.getFirst().isAlive()).isTrue();
  }

  @Test
  void aJobIsShownThoughItsEndCannotBeWrittenAndIsWrittenOnceItCan() throws Exception {
    Job job = Asked.job("true");
    directories.create(job);
    Path obstacle =
        Files.createDirectory(directories.directory(job.id()).resolve(JobRecords.END + ".new"));

    assertThat(recover())
        .singleElement()
        .satisfies(lost -> assertThat(whyLost(lost)).contains("not known"));
    Files.delete(obstacle);
    directories.close();

    assertThat(directories.directory(job.id()).resolve(JobRecords.END)).content().contains("LOST");
  }

  @Test
  void aJobThatWasStoppedForItsOutputIsKnownAsSuch() throws Exception {
    Job job = Asked.job("yes");
    directories.create(job);
    directories.recordLimit(job);
    Files.writeString(
        directories.directory(job.id()).resolve("exit.json"),
        """
        {"job_id": "%s", "attempt": 1, "pid": 4711, "signal": 15, "core_dumped": false,
         "start_time": "2026-01-01T00:00:00Z", "end_time": "2026-01-01T00:00:01Z",
         "user_micros": 1, "system_micros": 1, "peak_memory_bytes": 1, "ending": "STOPPED",
         "survivors": []}
        """
            .formatted(job.id()));

    assertThat(recover())
        .singleElement()
        .satisfies(
            over -> {
              assertThat(over.state().name()).isEqualTo(JobState.Name.FAILED);
              assertThat(((JobState.Ended) over.state()).end().cause())
                  .isEqualTo(new JobEnd.OutputLimit());
            });
  }

  @Test
  void aJobThatIsBeingStoppedIsThatStillAndItIsKnownWhy() throws Exception {
    Job job = Asked.job("yes");
    directories.create(job);
    directories.recordLimit(job);
    directories.recordStop(job, "the worker is drained");
    HeldRunner runner = new HeldRunner();
    runner.found = new Resumption.Running(new Started(4711, NOW), true);

    assertThat(new JobRecovery(directories, runner, InstantSource.fixed(NOW)).recover().running())
        .singleElement()
        .satisfies(
            resumed -> {
              assertThat(resumed.job().state().name()).isEqualTo(JobState.Name.STOPPING);
              assertThat(resumed.why())
                  .isEqualTo(new JobRecovery.StopCause(true, "the worker is drained"));
            });
  }

  @Test
  void aJobIsShownThoughItsOtherRecordsCannotBeRead() throws Exception {
    Job job = Asked.job("true");
    directories.create(job);
    for (String name : List.of("attempt.json", JobRecords.END, "exit.json")) {
      Files.writeString(directories.directory(job.id()).resolve(name), "{ half of");
    }

    assertThat(recover())
        .singleElement()
        .satisfies(lost -> assertThat(whyLost(lost)).contains("not known"));
    assertThat(recover()).singleElement().extracting(Job::id).isEqualTo(job.id());
  }
}
