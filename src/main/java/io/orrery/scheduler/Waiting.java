package io.orrery.scheduler;

import io.orrery.job.JobId;
import io.orrery.rpc.Times;
import io.orrery.v1.Job;

/**
 * A job that waits for a worker; ordered by priority, the highest first, then by submission.
 *
 * @param sequence its place in the order of submission, which it keeps when it waits again
 */
record Waiting(JobId id, Requirements needs, int priority, long sequence)
    implements Comparable<Waiting> {

  /** A job of the store. */
  static Waiting of(Job job) {
    return of(job, new JobId(job.getJobId()));
  }

  /** A job of the store whose id was read already. */
  static Waiting of(Job job, JobId id) {
    return of(job, id, Requirements.of(job.getSpec()));
  }

  /** A job whose id and requirements were read already. */
  static Waiting of(Job job, JobId id, Requirements needs) {
    return new Waiting(
        id,
        needs,
        job.getSpec().getPriority(),
        JobRecords.sequence(Times.instant(job.getCreateTime())));
  }

  /** An object of its own for the same job, with this one for the same requirements. */
  Waiting with(Requirements equal) {
    return new Waiting(id, equal, priority, sequence);
  }

  @Override
  public int compareTo(Waiting other) {
    int byPriority = Integer.compare(other.priority, priority);
    if (byPriority != 0 || sequence != other.sequence) {
      return byPriority != 0 ? byPriority : Long.compare(sequence, other.sequence);
    }
    // Those that were started at workers have their times from there.
    return id.compareTo(other.id);
  }
}
