package io.orrery.scheduler;

import io.orrery.job.JobId;
import io.orrery.job.JobLookup;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Predicate;

/** Which worker has which job, and whose it is; it belongs to the scheduler's one context. */
final class JobIndex {
  private final NavigableMap<String, Entry> jobs = new TreeMap<>();

  /** Where a job is, and whose; not confirmed while the worker has not said that it has it. */
  record Entry(JobId id, String workerId, String owner, boolean confirmed) {}

  Optional<Entry> get(JobId id) {
    return Optional.ofNullable(jobs.get(id.value()));
  }

  void put(Entry entry) {
    jobs.put(entry.id().value(), entry);
  }

  /** Forgets where a job was to go when the worker has refused it. */
  void refused(JobId id) {
    Entry entry = jobs.get(id.value());
    if (entry != null && !entry.confirmed()) {
      jobs.remove(id.value());
    }
  }

  /** A worker does not know a job of its own any more. */
  void forget(String id, String workerId) {
    Entry entry = jobs.get(id);
    if (entry != null && entry.workerId().equals(workerId)) {
      jobs.remove(id);
    }
  }

  /**
   * The one job that has this id, or whose id starts so, among those that the caller may see.
   *
   * @throws io.orrery.job.ApiException as {@link JobLookup#unique} does
   */
  Entry find(String idOrPrefix, Predicate<Entry> visible) {
    return JobLookup.unique(jobs, idOrPrefix, visible);
  }
}
