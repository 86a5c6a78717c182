package io.orrery.scheduler;

import io.orrery.job.JobId;
import io.orrery.rpc.SpecMapping;
import io.orrery.rpc.Times;
import io.orrery.v1.Job;

/**
 * A job that waits for a worker; ordered by priority, the highest first, then by submission.
 *
 * @param sequence its place in the order of submission, which it keeps when it waits again
 */
record Waiting(JobId id, Requirements needs, int priority, long sequence)
    implements Comparable<Waiting> {

  /** A job of the store, or one that was just accepted. */
  static Waiting of(Job job) {
    return new Waiting(
        new JobId(job.getJobId()),
        Requirements.of(SpecMapping.fromProto(job.getSpec())),
        job.getSpec().getPriority(),
        JobRecords.sequence(Times.instant(job.getCreateTime())));
  }

  @Override
  public int compareTo(Waiting other) {
    int byPriority = Integer.compare(other.priority, priority);
    return byPriority != 0 ? byPriority : Long.compare(sequence, other.sequence);
  }
}
