package io.orrery.worker;

import io.orrery.job.JobId;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SequencedMap;

/** The jobs that changed since the scheduler last heard of them; a job that changes again stays. */
final class ChangedJobs {
  private final SequencedMap<JobId, Long> changes = new LinkedHashMap<>();
  private long counter;

  void add(JobId id) {
    changes.putLast(id, ++counter);
  }

  boolean isEmpty() {
    return changes.isEmpty();
  }

  /** What has changed by now, to be given to {@link #remove} when it was told. */
  Map<JobId, Long> snapshot() {
    return snapshot(Integer.MAX_VALUE);
  }

  /** The same, but so many at the most, those that have waited longest. */
  Map<JobId, Long> snapshot(int most) {
    Map<JobId, Long> oldest = new LinkedHashMap<>();
    for (Map.Entry<JobId, Long> change : changes.entrySet()) {
      if (oldest.size() == most) {
        break;
      }
      oldest.put(change.getKey(), change.getValue());
    }
    return Collections.unmodifiableMap(oldest);
  }

  /** Forgets what was told and has not changed since. */
  void remove(Map<JobId, Long> told) {
    told.forEach(changes::remove);
  }
}
