package io.orrery.scheduler;

import io.orrery.job.JobId;

/**
 * A job that waits for a worker; ordered by priority, the highest first, then by submission.
 *
 * @param sequence its place in the order of submission, which it keeps when it waits again
 */
record Waiting(JobId id, Requirements needs, int priority, long sequence)
    implements Comparable<Waiting> {

  @Override
  public int compareTo(Waiting other) {
    int byPriority = Integer.compare(other.priority, priority);
    return byPriority != 0 ? byPriority : Long.compare(sequence, other.sequence);
  }
}
