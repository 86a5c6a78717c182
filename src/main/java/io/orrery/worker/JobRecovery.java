package io.orrery.worker;

import io.orrery.job.Job;
import io.orrery.job.JobId;
import io.orrery.job.JobState;
import io.orrery.output.OutputFiles;
import io.orrery.process.ExitRecord;
import io.orrery.process.Leftovers;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads the job directories after a start of the worker: what ended, how it ended; what did not was
 * lost with the worker that was its parent, and what is left of its processes is ended.
 */
final class JobRecovery {
  private static final Logger LOG = LoggerFactory.getLogger(JobRecovery.class);
  private static final Duration GRACE = Duration.ofSeconds(2);

  private final JobDirectories directories;
  private final InstantSource clock;

  JobRecovery(JobDirectories directories, InstantSource clock) {
    this.directories = directories;
    this.clock = clock;
  }

  /** A job of which no end was recorded. */
  private record Lost(Job asked, JobRecords.Attempt attempt) {
    /** After a reboot nobody is left, and a process that has the number is somebody else's. */
    boolean isOfAnotherBoot() {
      return BootId.isOfAnotherBoot(attempt.bootId());
    }

    String message() {
      return isOfAnotherBoot()
          ? "the host was rebooted while the job ran; the exit is not known"
          : "the worker died while the job ran, and was its parent; the exit is not known";
    }
  }

  /**
   * All jobs of the directories, each of them over. Blocks for the disk, and for processes that are
   * left, a few seconds at the most. A job is missing only if it cannot be read what was asked.
   */
  List<Job> recover() throws IOException {
    List<Job> jobs = new ArrayList<>();
    List<Lost> lost = new ArrayList<>();
    try (Stream<Path> entries = Files.list(directories.root())) {
      for (Path directory : entries.toList()) {
        asked(directory)
            .ifPresent(
                job ->
                    end(job)
                        .ifPresentOrElse(jobs::add, () -> lost.add(new Lost(job, attempt(job)))));
      }
    }
    endLeftovers(lost);
    lost.forEach(job -> jobs.add(over(job)));
    return jobs;
  }

  private static Optional<Job> asked(Path directory) {
    try {
      Path spec = directory.resolve(JobRecords.SPEC);
      if (!JobId.isWhole(directory.getFileName().toString()) || !Files.exists(spec)) {
        return Optional.empty();
      }
      return Optional.of(JobRecords.readAsked(Files.readString(spec)));
    } catch (IOException | RuntimeException failure) {
      LOG.error("{} cannot be read, the job is not shown: {}", directory, failure.toString());
      return Optional.empty();
    }
  }

  /** The job with its end, if that was recorded. */
  private Optional<Job> end(Job asked) {
    Path directory = directories.directory(asked.id());
    JobState.ProcessStart process = attempt(asked).process();
    return read(directory, ExitRecord::read)
        .map(record -> JobEnds.of(process, record.exit()))
        .or(() -> read(directory, place -> recordedEnd(place, process)))
        .map(end -> measured(asked.in(end)));
  }

  private static Optional<JobState.Ended> recordedEnd(
      Path directory, JobState.@Nullable ProcessStart process) throws IOException {
    Path end = directory.resolve(JobRecords.END);
    return Files.exists(end)
        ? Optional.of(JobRecords.readEnd(Files.readString(end), process))
        : Optional.empty();
  }

  private JobRecords.Attempt attempt(Job asked) {
    return read(directories.directory(asked.id()), JobRecovery::recordedAttempt)
        .orElse(JobRecords.Attempt.UNKNOWN);
  }

  private static Optional<JobRecords.Attempt> recordedAttempt(Path directory) throws IOException {
    Path attempt = directory.resolve(JobRecords.ATTEMPT);
    return Files.exists(attempt)
        ? Optional.of(JobRecords.readAttempt(Files.readString(attempt)))
        : Optional.empty();
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

  private static void endLeftovers(List<Lost> lost) {
    Set<String> jobIds =
        lost.stream()
            .filter(job -> !job.isOfAnotherBoot())
            .map(job -> job.asked().id().value())
            .collect(Collectors.toSet());
    Leftovers.end(jobIds, GRACE)
        .forEach((jobId, pids) -> LOG.warn("job {} has survivors: {}", jobId, pids));
  }

  private Job over(Lost lost) {
    Job job =
        lost.asked().in(JobEnds.lost(lost.attempt().process(), lost.message(), clock.instant()));
    LOG.warn("job {} is lost: {}", job.id(), lost.message());
    directories.recordEnd(job);
    return measured(job);
  }

  private Job measured(Job job) {
    try (OutputFiles files = new OutputFiles(directories.directory(job.id()))) {
      return job.with(files.settledSizes());
    } catch (IOException failure) {
      LOG.error("the output of job {} cannot be looked at: {}", job.id(), failure.toString());
      return job;
    }
  }
}
