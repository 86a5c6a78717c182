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

  /**
   * All jobs of the directories, each of them over. Blocks for the disk, and for processes that are
   * left.
   */
  List<Job> recover() throws IOException {
    List<Job> jobs = new ArrayList<>();
    try (Stream<Path> entries = Files.list(directories.root())) {
      for (Path directory : entries.toList()) {
        read(directory).ifPresent(jobs::add);
      }
    }
    return jobs;
  }

  private Optional<Job> read(Path directory) {
    try {
      Path spec = directory.resolve(JobRecords.SPEC);
      if (!JobId.isWhole(directory.getFileName().toString()) || !Files.exists(spec)) {
        return Optional.empty();
      }
      Job asked = JobRecords.readAsked(Files.readString(spec));
      Job job = asked.in(end(directory, asked));
      try (OutputFiles files = new OutputFiles(directory)) {
        return Optional.of(job.with(files.sizes()));
      }
    } catch (IOException | RuntimeException failure) {
      LOG.error(
          "the records in {} cannot be read, the job is not shown: {}",
          directory,
          failure.toString());
      return Optional.empty();
    }
  }

  private JobState.Ended end(Path directory, Job asked) throws IOException {
    JobState.ProcessStart process = process(directory);
    Optional<ExitRecord> exit = ExitRecord.read(directory);
    if (exit.isPresent()) {
      return JobEnds.of(process, exit.get().exit());
    }
    Path end = directory.resolve(JobRecords.END);
    if (Files.exists(end)) {
      return JobRecords.readEnd(Files.readString(end), process);
    }
    return lost(asked, process);
  }

  private static JobState.@Nullable ProcessStart process(Path directory) throws IOException {
    Path attempt = directory.resolve(JobRecords.ATTEMPT);
    return Files.exists(attempt) ? JobRecords.readAttempt(Files.readString(attempt)) : null;
  }

  private JobState.Ended lost(Job asked, JobState.@Nullable ProcessStart process)
      throws IOException {
    List<Integer> survivors = Leftovers.end(asked.id().value(), GRACE);
    String message = "the worker died while the job ran, and was its parent; the exit is not known";
    JobState.Ended lost = JobEnds.lost(process, message, clock.instant());
    directories.recordEnd(asked.in(lost));
    LOG.warn(
        "job {} was lost with the worker before this one; survivors: {}", asked.id(), survivors);
    return lost;
  }
}
