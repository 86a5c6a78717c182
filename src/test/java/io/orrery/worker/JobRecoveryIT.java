package io.orrery.worker;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;

import io.orrery.job.Job;
import io.orrery.job.JobEnd;
import io.orrery.job.JobState;
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
    directories = JobDirectories.open(data);
  }

  @AfterEach
  void close() {
    directories.close();
    processes.forEach(Process::destroyForcibly);
  }

  /** A job whose process does not heed SIGTERM, as a worker that was killed leaves it. */
  private Job leftBehind() throws Exception {
    Job job = Asked.job("sh");
    directories.create(job);
    ProcessBuilder command =
        new ProcessBuilder("sh", "-c", "trap '' TERM; echo ready; exec sleep 300");
    command.environment().put("ORRERY_JOB_ID", job.id().value());
    Process process = command.start();
    processes.add(process);
    assertThat(process.inputReader().readLine()).isEqualTo("ready");
    directories.recordStart(job.in(new JobState.Starting().started((int) process.pid(), NOW)));
    return job;
  }

  private static final Instant NOW = Instant.parse("2026-01-01T00:00:01Z");

  private List<Job> recover() throws Exception {
    return new JobRecovery(directories, InstantSource.fixed(NOW)).recover();
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
    assertThat(jobs).hasSize(5).allSatisfy(job -> assertThat(whyLost(job)).contains("worker died"));
    for (Process process : processes) {
      assertThat(process.waitFor(10, SECONDS)).isTrue();
    }
  }

  @Test
  void afterARebootNobodyIsSignalledAndTheReasonSaysSo() throws Exception {
    Job job = leftBehind();
    Path attempt = directories.directory(job.id()).resolve(JobRecords.ATTEMPT);
    Files.writeString(
        attempt, Files.readString(attempt).replace(BootId.CURRENT, "the-boot-before-this-one"));

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
        .satisfies(lost -> assertThat(whyLost(lost)).contains("the exit is not known"));
    Files.delete(obstacle);
    directories.close();

    assertThat(directories.directory(job.id()).resolve(JobRecords.END)).content().contains("LOST");
  }

  @Test
  void aJobIsShownThoughItsOtherRecordsCannotBeRead() throws Exception {
    Job job = Asked.job("true");
    directories.create(job);
    for (String name : List.of(JobRecords.ATTEMPT, JobRecords.END, "exit.json")) {
      Files.writeString(directories.directory(job.id()).resolve(name), "{ half of");
    }

    assertThat(recover())
        .singleElement()
        .satisfies(lost -> assertThat(whyLost(lost)).contains("the exit is not known"));
    assertThat(recover()).singleElement().extracting(Job::id).isEqualTo(job.id());
  }
}
