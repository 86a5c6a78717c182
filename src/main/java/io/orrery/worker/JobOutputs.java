package io.orrery.worker;

import io.orrery.job.ApiException;
import io.orrery.job.Job;
import io.orrery.job.JobId;
import io.orrery.job.Reason;
import io.orrery.output.OutputTails;
import io.orrery.output.StreamLimit;
import io.vertx.core.Future;
import java.io.IOException;
import java.util.Map;

/** The output of this worker's jobs, each with the limit that it asked for or the worker's own. */
final class JobOutputs {
  private final OutputTails tails;
  private final JobDirectories directories;
  private final boolean dropsBytes;

  private JobOutputs(OutputTails tails, JobDirectories directories, boolean dropsBytes) {
    this.tails = tails;
    this.directories = directories;
    this.dropsBytes = dropsBytes;
  }

  /**
   * Looks whether the oldest bytes of files can be dropped here. Blocks for the disk.
   *
   * @param standard the limit of jobs that do not say
   * @throws IOException when they cannot, and the standard limit needs it
   */
  static JobOutputs create(OutputTails tails, JobDirectories directories, StreamLimit standard)
      throws IOException {
    boolean dropsBytes = StreamLimit.canKeepTail(directories.root());
    if (standard.keepsTail() && !dropsBytes) {
      throw new IOException(
          "output.policy is \"keep_tail\", but the file system of "
              + directories.root()
              + " cannot drop the beginning of a file (fallocate(2) says EOPNOTSUPP); use \"stop\","
              + " or another file system for `data`");
    }
    return new JobOutputs(tails, directories, dropsBytes);
  }

  /**
   * Passes, or throws before anything is done.
   *
   * @throws ApiException with {@link Reason#UNSUPPORTED}
   */
  void check(Job job) {
    if (limit(job).keepsTail() && !dropsBytes) {
      throw new ApiException(
          Reason.UNSUPPORTED,
          "the file system of worker "
              + job.site().workerName()
              + " cannot drop the oldest output of a job; ask for the policy to stop it, or for"
              + " another worker",
          Map.of("worker_name", job.site().workerName(), "fields", "output.limit_policy"));
    }
  }

  private StreamLimit limit(Job job) {
    return directories.limit(job);
  }

  /** The job ended in an earlier life of this worker. */
  void restore(Job job) {
    StreamLimit kept = job.outputRemoval() == null ? limit(job) : StreamLimit.NONE;
    tails.restore(job.id(), directories.directory(job.id()), job.bytes(), kept);
  }

  /** Nothing is left of the job's output, and another run of it is to come. */
  void forget(JobId id) {
    tails.forget(id);
  }

  /** How many bytes of an ended job's output are kept. */
  long held(Job job) {
    StreamLimit limit = limit(job);
    long most = limit.keepsTail() ? limit.bytes() : Long.MAX_VALUE;
    return job.outputRemoval() != null
        ? 0
        : Math.min(most, job.bytes().stdout()) + Math.min(most, job.bytes().stderr());
  }

  /** The job is about to print, or was found running. */
  Future<Void> watch(Job job) {
    return tails.watch(job.id(), directories.directory(job.id()), limit(job));
  }

  /** The job did not start; nobody looks at its files any more. */
  Future<Void> unwatch(JobId id) {
    return tails.unwatch(id);
  }

  /** Nothing writes the job's output any more: its totals, after the readers were told. */
  Future<Job.StreamBytes> finish(Job job) {
    return tails.finish(job.id(), directories.directory(job.id()));
  }
}
