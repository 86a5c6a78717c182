package io.orrery.worker;

import io.orrery.job.Job;
import io.orrery.job.JobId;
import io.orrery.job.OutputRemoval;
import io.orrery.output.OutputFiles;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Removes from the disk what is kept of jobs no longer. Each removal is written down before the
 * first file goes, and finished after a restart. Blocks for the disk.
 */
final class JobRemoval {
  private static final Logger LOG = LoggerFactory.getLogger(JobRemoval.class);
  private static final String RECORD = "output-removed.json";
  private static final List<String> FILES = List.of("timeline", "stdin", "stdout", "stderr");

  private final JobDirectories directories;
  private final Path waste;

  JobRemoval(JobDirectories directories) {
    this.directories = directories;
    this.waste = directories.root().resolveSibling("removed");
  }

  /** What is known of a removal: when and why, and how many bytes the streams had. */
  record Removed(OutputRemoval removal, Job.StreamBytes totals) {}

  /** Writes down that the job's output is removed: from now on it counts as gone. */
  void record(Job job) throws IOException {
    OutputRemoval removal = Objects.requireNonNull(job.outputRemoval());
    Path file = directories.directory(job.id()).resolve(RECORD);
    String text =
        new JsonObject()
            .put("time", removal.time().toString())
            .put("rule", removal.rule().name())
            .put("stdout", job.bytes().stdout())
            .put("stderr", job.bytes().stderr())
            .encode();
    try {
      AtomicFile.write(file, text);
    } catch (IOException full) {
      // The disk has no room for what makes room: the times go first, the bytes are there still.
      Files.deleteIfExists(directories.directory(job.id()).resolve("timeline"));
      AtomicFile.write(file, text);
    }
  }

  /** What {@link #record} wrote; empty while the output is there. */
  static Optional<Removed> recorded(Path directory) throws IOException {
    Path file = directory.resolve(RECORD);
    if (!Files.exists(file)) {
      return Optional.empty();
    }
    JsonObject json = new JsonObject(Files.readString(file));
    return Optional.of(
        new Removed(
            new OutputRemoval(
                Instant.parse(json.getString("time")),
                OutputRemoval.Rule.valueOf(json.getString("rule"))),
            new Job.StreamBytes(json.getLong("stdout"), json.getLong("stderr"))));
  }

  /** Tells the readers, and removes the files; a second time does what the first left. */
  void removeOutput(Job job) throws IOException {
    Path directory = directories.directory(job.id());
    Files.deleteIfExists(directory.resolve("timeline"));
    try (OutputFiles files = new OutputFiles(directory)) {
      try {
        files.remove(job.bytes());
      } catch (IOException full) {
        // Then the bytes go first: who reads in this moment is told that they are lost.
        removeFiles(directory);
        files.remove(job.bytes());
      }
    }
    removeFiles(directory);
    TreeRemoval.remove(directories.workingDirectory(job.id()));
  }

  private static void removeFiles(Path directory) throws IOException {
    for (String name : FILES) {
      Files.deleteIfExists(directory.resolve(name));
    }
  }

  /** Whether {@link #removeOutput} has come to its end. */
  boolean isFinished(JobId id) {
    return FILES.stream().noneMatch(name -> Files.exists(directories.directory(id).resolve(name)))
        && !Files.exists(directories.workingDirectory(id));
  }

  /**
   * Removes all that is known of the job: in one step it is not there any more. Files that cannot
   * be removed then are removed by {@link #emptyWaste}.
   *
   * @throws IOException when the job is still there
   */
  void removeRecord(JobId id) throws IOException {
    Files.createDirectories(waste);
    // What is left of an earlier run of the job may be there.
    Path gone = waste.resolve(id + "-" + UUID.randomUUID());
    try {
      Files.move(directories.directory(id), gone, StandardCopyOption.ATOMIC_MOVE);
    } catch (NoSuchFileException goneBefore) {
      return;
    }
    try {
      TreeRemoval.remove(gone);
    } catch (IOException left) {
      LOG.warn("job {}: files are left in {} until the next start", id, gone, left);
    }
  }

  /** Removes what an earlier worker had no time for. */
  void emptyWaste() throws IOException {
    TreeRemoval.remove(waste);
  }
}
