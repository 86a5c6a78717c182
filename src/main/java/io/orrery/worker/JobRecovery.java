package io.orrery.worker;

import io.orrery.job.Job;
import io.orrery.job.JobId;
import io.orrery.job.JobState;
import io.orrery.output.OutputFiles;
import io.orrery.process.AttemptRecord;
import io.orrery.process.Exit;
import io.orrery.process.ExitRecord;
import io.orrery.process.JobTerms;
import io.orrery.process.Leftovers;
import io.orrery.process.Resumption;
import io.orrery.process.Runner;
import io.orrery.process.Started;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads the job directories after a start of the worker: what ended, how it ended; what has not is
 * taken up again if it runs. If not it is lost, as nobody saw its end, and what is left of its
 * processes is ended.
 */
final class JobRecovery {
  private static final Logger LOG = LoggerFactory.getLogger(JobRecovery.class);
  private static final Duration GRACE = Duration.ofSeconds(2);

  private final JobDirectories directories;
  private final Runner runner;
  private final InstantSource clock;

  JobRecovery(JobDirectories directories, Runner runner, InstantSource clock) {
    this.directories = directories;
    this.runner = runner;
    this.clock = clock;
  }

  /** The jobs that are over, and those that run. */
  record Recovered(List<Job> over, List<Resumed> running) {}

  /** A job that runs, and its exit, which is still to come, or has just; and why it is stopped. */
  record Resumed(Job job, CompletableFuture<Exit> exit, StopCause why) {}

  /**
   * What the end of a job that was stopped tells; on record, as the stop may be an order of old.
   */
  record StopCause(boolean atLimit, String reason) {}

  /** A job of which no end was recorded. */
  private record Lost(Job asked, Optional<AttemptRecord> attempt) {
    String cookie() {
      return JobTerms.cookie(asked.id().value(), asked.site().attempt());
    }

    /** After a reboot nobody is left, and a process that has the number is somebody else's. */
    boolean isOfAnotherBoot() {
      return attempt.filter(AttemptRecord::isOfAnotherBoot).isPresent();
    }

    String message() {
      if (isOfAnotherBoot()) {
        return "the host was rebooted while the job ran; the exit is not known";
      }
      return attempt.isPresent()
          ? "the runner died while the job ran, and was its parent; the exit is not known"
          : "the worker died over the start of the job; whether it ran is not known";
    }
  }

  /**
   * All jobs of the directories. Blocks for the disk, and for processes that are left, a few
   * seconds at the most. A job is missing only if it cannot be read what was asked.
   */
  Recovered recover() throws IOException {
    Recovered recovered = new Recovered(new ArrayList<>(), new ArrayList<>());
    List<Lost> lost = new ArrayList<>();
    try (Stream<Path> entries = Files.list(directories.root())) {
      for (Path directory : entries.toList()) {
        Optional<Job> asked = asked(directory);
        if (asked.isPresent()) {
          sort(asked.get(), recovered, lost);
        }
      }
    }
    Map<String, List<Integer>> survivors = endLeftovers(lost);
    lost.forEach(
        job -> recovered.over().add(over(job, survivors.getOrDefault(job.cookie(), List.of()))));
    return recovered;
  }

  private void sort(Job asked, Recovered recovered, List<Lost> lost) {
    Optional<Job> ended = end(asked);
    if (ended.isPresent()) {
      recovered.over().add(ended.get());
      return;
    }
    CompletableFuture<Exit> exit = new CompletableFuture<>();
    switch (runner.resume(directories.terms(asked), exit::complete)) {
      case Resumption.Running(Started started, boolean stopping) -> {
        LOG.info("job {} goes on as process {}", asked.id(), started.pid());
        JobState.Running running =
            new JobState.Starting().started(started.pid(), started.startTime());
        StopCause why =
            new StopCause(directories.isAtLimit(asked.id()), directories.stopReason(asked.id()));
        Job job = asked.in(stopping ? running.stopping() : running);
        recovered.running().add(new Resumed(job, exit, why));
      }
      case Resumption.Ended(Exit now) -> recovered.over().add(measured(exited(asked, now)));
      case Resumption.Gone() -> lost.add(new Lost(asked, attempt(asked)));
    }
  }

  private static Optional<Job> asked(Path directory) {
    try {
      Path spec = directory.resolve(JobRecords.SPEC);
      if (!JobId.isWhole(directory.getFileName().toString()) || !Files.exists(spec)) {
        return Optional.empty();
      }
      Job job = JobRecords.readAsked(Files.readString(spec));
      return Optional.of(read(directory, JobRecords::readLoss).map(job::with).orElse(job));
    } catch (IOException | RuntimeException failure) {
      LOG.error("{} cannot be read, the job is not shown: {}", directory, failure.toString());
      return Optional.empty();
    }
  }

  /** The job with its end, if that was recorded. */
  private Optional<Job> end(Job asked) {
    Path directory = directories.directory(asked.id());
    JobState.ProcessStart process = process(asked);
    return read(directory, ExitRecord::read)
        .filter(record -> record.attempt() == asked.site().attempt())
        .map(record -> exited(asked, record.exit()))
        .or(() -> read(directory, place -> recordedEnd(place, process)).map(asked::in))
        .map(this::measured);
  }

  private Job exited(Job asked, Exit exit) {
    JobState.ProcessStart process = process(asked);
    JobState.Ended ended =
        directories.isAtLimit(asked.id())
            ? JobEnds.atLimit(process, exit)
            : JobEnds.because(directories.stopReason(asked.id()), JobEnds.of(process, exit));
    return JobEnds.withLoss(asked, exit).in(ended);
  }

  private static Optional<JobState.Ended> recordedEnd(
      Path directory, JobState.@Nullable ProcessStart process) throws IOException {
    Path end = directory.resolve(JobRecords.END);
    return Files.exists(end)
        ? Optional.of(JobRecords.readEnd(Files.readString(end), process))
        : Optional.empty();
  }

  private Optional<AttemptRecord> attempt(Job asked) {
    return read(directories.directory(asked.id()), AttemptRecord::read);
  }

  private JobState.@Nullable ProcessStart process(Job asked) {
    return attempt(asked)
        .map(AttemptRecord::started)
        .map(started -> new JobState.ProcessStart(started.pid(), started.startTime()))
        .orElse(null);
  }

  private interface Reading<T> {
    Optional<T> from(Path directory) throws IOException;
  }

  /** A record that cannot be read is as good as none: the job is shown all the same. */
  private static <T> Optional<T> read(Path directory, Reading<T> reading) {
    try {
      return reading.from(directory);
    } catch (IOException | RuntimeException failure) {
      LOG.error("a record in {} cannot be read: {}", directory, failure.toString());
      return Optional.empty();
    }
  }

  /** Answers with the cookies of those of which SIGKILL has not ended all, and who is left. */
  private Map<String, List<Integer>> endLeftovers(List<Lost> lost) {
    Map<String, Path> jobs =
        lost.stream()
            .filter(job -> !job.isOfAnotherBoot())
            .collect(
                Collectors.toMap(Lost::cookie, job -> directories.directory(job.asked().id())));
    Map<String, List<Integer>> survivors = Leftovers.end(jobs, GRACE);
    survivors.forEach((cookie, pids) -> LOG.warn("job {} has survivors: {}", cookie, pids));
    return survivors;
  }

  private Job over(Lost lost, List<Integer> survivors) {
    JobState.Ended ended =
        JobEnds.lost(process(lost.asked()), lost.message(), clock.instant(), survivors);
    Job job = lost.asked().in(ended);
    LOG.warn("job {} is lost: {}", job.id(), lost.message());
    directories.recordEnd(job);
    return measured(job);
  }

  private Job measured(Job job) {
    Path directory = directories.directory(job.id());
    Optional<JobRemoval.Removed> removed = read(directory, JobRemoval::recorded);
    try (OutputFiles files = new OutputFiles(directory)) {
      if (removed.isPresent()) {
        files.remove(removed.get().totals());
        return job.with(removed.get().totals()).without(removed.get().removal());
      }
      return job.with(files.settledSizes());
    } catch (IOException failure) {
      LOG.error("the output of job {} cannot be looked at: {}", job.id(), failure.toString());
      return job;
    }
  }
}
