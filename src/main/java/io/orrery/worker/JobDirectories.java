package io.orrery.worker;

import io.orrery.job.ApiException;
import io.orrery.job.Job;
import io.orrery.job.JobId;
import io.orrery.job.Reason;
import io.orrery.job.StdinMode;
import io.orrery.output.StreamLimit;
import io.orrery.process.JobTerms;
import io.orrery.process.LimitMark;
import io.orrery.process.RecordKeeper;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/**
 * The job directories of this worker, one a job, of mode 0700; every method blocks for the disk.
 *
 * <p>What must be known before the process exists is written before it exists, so that a worker
 * that dies between knows after its restart what to look for. Nothing is forced to the platter
 * (fsync(2)): the records live through the death of the worker, and a power cut ends the processes
 * with them.
 */
final class JobDirectories implements AutoCloseable {
  private static final FileAttribute<Set<PosixFilePermission>> OWNER_ONLY =
      PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------"));

  /** What may be in the directory of a job that has no process; the record of it goes first. */
  private static final List<String> MADE_HERE =
      List.of(
          JobRecords.SPEC,
          JobRecords.SPEC + ".new",
          "stdin",
          "stdout",
          "stderr",
          "timeline",
          "starts",
          "work");

  private final Path root;
  private final StreamLimit standard;
  private final RecordKeeper records = new RecordKeeper();

  private JobDirectories(Path root, StreamLimit standard) {
    this.root = root;
    this.standard = standard;
  }

  /**
   * Opens the directory of job directories below the worker's data directory.
   *
   * @param standard the limit of the streams of jobs that do not say
   */
  static JobDirectories open(Path data, StreamLimit standard) throws IOException {
    Files.createDirectories(data, OWNER_ONLY);
    Files.setPosixFilePermissions(data, PosixFilePermissions.fromString("rwx------"));
    Path root = data.resolve("jobs");
    Files.createDirectories(root, OWNER_ONLY);
    return new JobDirectories(root, standard);
  }

  Path root() {
    return root;
  }

  Path directory(JobId id) {
    return root.resolve(id.value());
  }

  /** That of the job's streams: what it asked for, or the worker's own. */
  StreamLimit limit(Job job) {
    return standard.of(job.spec().output());
  }

  /** The attempt that a job is at. */
  JobTerms terms(Job job) {
    return new JobTerms(
        job.id().value(),
        job.site().attempt(),
        directory(job.id()),
        job.spec().timeout(),
        job.spec().effectiveStopGrace(),
        limit(job).stop());
  }

  /** Where a job starts when it does not say. */
  Path workingDirectory(JobId id) {
    return directory(id).resolve("work");
  }

  /**
   * Makes a job's directory and writes what was asked.
   *
   * @throws ApiException with {@link Reason#STORAGE_FAILED}, and nothing is left behind; or with
   *     {@link Reason#REQUEST_ID_CONFLICT} when another job's records are there
   */
  void create(Job job) {
    Path directory = directory(job.id());
    if (Files.exists(directory.resolve(JobRecords.SPEC))) {
      // Of a job whose records could not be read at the start: nothing of it may be touched.
      throw new ApiException(
          Reason.REQUEST_ID_CONFLICT,
          "the job id " + job.id() + " is taken by another job; choose a new one",
          Map.of("job_id", job.id().value()));
    }
    try {
      makeDirectory(directory);
      makeDirectory(workingDirectory(job.id()));
      if (job.spec().input().mode() == StdinMode.BYTES) {
        Files.write(directory.resolve("stdin"), job.spec().input().bytes());
      }
      AtomicFile.write(directory.resolve(JobRecords.SPEC), JobRecords.asked(job));
    } catch (IOException failure) {
      discard(job.id());
      throw new ApiException(
          Reason.STORAGE_FAILED,
          "the worker cannot write a job's directory: "
              + failure.getClass().getSimpleName()
              + "; look at the disk of the worker",
          Map.of("worker_name", job.site().workerName()));
    }
  }

  private static void makeDirectory(Path directory) throws IOException {
    try {
      Files.createDirectory(directory, OWNER_ONLY);
    } catch (FileAlreadyExistsException leftover) {
      // Of a start that died before it was acknowledged: it has no record of a job.
      if (Files.exists(directory.resolve(JobRecords.SPEC))) {
        throw leftover;
      }
    }
  }

  /** Removes the directory of a job that was not accepted and never ran, as far as that goes. */
  void discard(JobId id) {
    Path directory = directory(id);
    for (String name : MADE_HERE) {
      tryDelete(directory.resolve(name));
    }
    tryDelete(directory);
  }

  @SuppressWarnings("EmptyCatch")
  private static void tryDelete(Path path) {
    try {
      Files.deleteIfExists(path);
    } catch (IOException leftBehind) {
      // The disk is broken or full: the start says so already.
    }
  }

  /** Writes an end that the runner cannot know of; later, when the disk does not take it now. */
  void recordEnd(Job job) {
    record(job, JobRecords.END, JobRecords.end(job));
  }

  /** Writes that the job is stopped for its output; later, when the disk does not take it now. */
  void recordLimit(Job job) {
    record(job, LimitMark.NAME, "");
  }

  /** Writes when the job's disk was full; later, when it does not take it now. */
  void recordLoss(Job job) {
    record(job, JobRecords.LOSS, JobRecords.loss(Objects.requireNonNull(job.outputLoss())));
  }

  /** Another run of the job may have the directory by the time that the disk takes it. */
  private void record(Job job, String name, String text) {
    Path directory = directory(job.id());
    Path file = directory.resolve(name);
    records.write(
        file,
        () -> {
          if (JobRecords.readAttempt(directory) == job.site().attempt()) {
            AtomicFile.write(file, text);
          }
        });
  }

  /** Whether the job was to be stopped for its output. */
  boolean isAtLimit(JobId id) {
    return Files.exists(directory(id).resolve(LimitMark.NAME));
  }

  /** Writes why the scheduler has the job stopped; later, when the disk does not take it now. */
  void recordStop(Job job, String reason) {
    record(job, JobRecords.STOP, reason);
  }

  /** Why the scheduler had the job stopped; "" when it had not. */
  String stopReason(JobId id) {
    try {
      return Files.readString(directory(id).resolve(JobRecords.STOP));
    } catch (IOException notStopped) {
      return "";
    }
  }

  /** Writes what could not be written before, if it can be now. */
  @Override
  public void close() {
    records.close();
  }
}
