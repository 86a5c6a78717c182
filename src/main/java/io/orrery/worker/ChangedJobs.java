package io.orrery.worker;

import io.orrery.job.JobId;
import java.util.HashMap;
import java.util.Map;

/** The jobs that changed since the scheduler last heard of them; a job that changes again stays. */
final class ChangedJobs {
  private final Map<JobId, Long> changes = new HashMap<>();
  private long counter;

  void add(JobId id) {
    changes.put(id, ++counter);
  }

  boolean isEmpty() {
    return changes.isEmpty();
  }

  /** What has changed by now, to be given to {@link #remove} when it was told. */
  Map<JobId, Long> snapshot() {
    return Map.copyOf(changes);
  }

  /** Forgets what was told and has not changed since. */
  void remove(Map<JobId, Long> told) {
    told.forEach(changes::remove);
  }
}
