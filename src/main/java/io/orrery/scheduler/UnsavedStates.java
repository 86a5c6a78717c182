package io.orrery.scheduler;

import io.orrery.job.JobId;
import io.orrery.v1.Job;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The newest states of jobs that the store has not taken yet, of which none may be lost: so whoever
 * adds jobs looks first whether there is room for more. It belongs to one context.
 */
final class UnsavedStates {
  private final Bounds bounds;
  private final Map<JobId, Job> states = new HashMap<>();
  private long bytes;

  /** How many there may be, and how much of them, before no new jobs are taken. */
  record Bounds(int states, long bytes) {
    /** What a worker has told of a job has about a kilobyte, and what is to be run up to 3 MB. */
    static final Bounds STANDARD = new Bounds(100_000, 64L << 20);
  }

  UnsavedStates(Bounds bounds) {
    this.bounds = bounds;
  }

  @Nullable Job get(JobId id) {
    return states.get(id);
  }

  void put(JobId id, Job job) {
    remove(id);
    states.put(id, job);
    bytes += job.getSerializedSize();
  }

  void remove(JobId id) {
    Job before = states.remove(id);
    if (before != null) {
      bytes -= before.getSerializedSize();
    }
  }

  /** Unless there is a newer one by now. */
  void remove(JobId id, Job saved) {
    if (saved.equals(states.get(id))) {
      remove(id);
    }
  }

  /** Of which jobs. */
  List<JobId> ids() {
    return List.copyOf(states.keySet());
  }

  int size() {
    return states.size();
  }

  /** Whether so many others, too, leave no room for the states of new jobs. */
  boolean isFull(int others) {
    return states.size() + others >= bounds.states() || bytes >= bounds.bytes();
  }
}
