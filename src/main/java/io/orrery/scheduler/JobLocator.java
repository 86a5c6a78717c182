package io.orrery.scheduler;

import io.orrery.job.ApiException;
import io.orrery.job.JobFilter;
import io.orrery.job.JobId;
import io.orrery.job.JobLookup;
import io.orrery.job.JobMap;
import io.orrery.job.Reason;
import io.orrery.rpc.Call;
import io.orrery.security.Identity;
import io.orrery.v1.Job;
import io.vertx.core.Future;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiPredicate;

/** Finds the worker that has a job; belongs to the scheduler's one context. */
final class JobLocator {
  /** Of more jobs whose ids begin alike, the caller may have to give more of the id. */
  private static final int MOST_ALIKE = 100;

  private final Registry registry;
  private final JobIndex index;
  private final Settling settling;
  private final JobRecords records;

  JobLocator(Registry registry, JobIndex index, Settling settling, JobRecords records) {
    this.registry = registry;
    this.index = index;
    this.settling = settling;
    this.records = records;
  }

  /** A job, and the worker that has it and can be reached. */
  record Located(JobIndex.Entry entry, Node node) {}

  /** The same, where the worker can be reached. */
  Located at(JobIndex.Entry entry) {
    return new Located(entry, reachable(entry.workerId()));
  }

  /**
   * The one job of this id or prefix, among those that the caller has the right to. While the
   * scheduler is starting, a job that it does not know yet is waited for.
   */
  Future<JobIndex.Entry> find(String idOrPrefix, Call call, BiPredicate<Identity, String> right) {
    return (isKnown(idOrPrefix) ? Future.<Void>succeededFuture() : settling.whenOver())
        .map(_ -> index.find(idOrPrefix, job -> right.test(call.caller(), job.owner())))
        .recover(
            failure ->
                failure instanceof ApiException unknown && unknown.reason() == Reason.JOB_NOT_FOUND
                    ? recorded(idOrPrefix, call, right, unknown)
                    : Future.failedFuture(failure));
  }

  /** A job of before, which no worker speaks of any more. */
  private Future<JobIndex.Entry> recorded(
      String idOrPrefix, Call call, BiPredicate<Identity, String> right, ApiException unknown) {
    String prefix = idOrPrefix.toLowerCase(Locale.ROOT);
    JobFilter filter = new JobFilter(Set.of(), "", "", Map.of(), null, null, prefix);
    return (JobId.isWhole(prefix)
            ? records.get(new JobId(prefix)).map(job -> job.stream().toList())
            : records.list(filter, Optional.empty(), MOST_ALIKE))
        .map(
            found -> {
              JobMap<Job> jobs = new JobMap<>(job -> new JobId(job.getJobId()));
              found.forEach(jobs::put);
              if (found.isEmpty()) {
                throw unknown;
              }
              Job job =
                  JobLookup.unique(
                      jobs, idOrPrefix, each -> right.test(call.caller(), each.getOwner()));
              return IndexedJobs.answered(job.getWorkerId(), job);
            });
  }

  /** Whether the workers of before have told which jobs they have. */
  boolean isSettled() {
    return settling.isOver();
  }

  /** What to answer until they have. */
  ApiException starting() {
    return settling.starting();
  }

  private boolean isKnown(String idOrPrefix) {
    return settling.isOver()
        || (JobId.isWhole(idOrPrefix) && index.get(new JobId(idOrPrefix)).isPresent());
  }

  /** The job of this id, as far as is known now. */
  Optional<JobIndex.Entry> known(JobId id) {
    return index.get(id);
  }

  /** The worker of a job of this id, whoever asks; empty when it is surely new. */
  Future<Optional<JobIndex.Entry>> existing(JobId id) {
    Optional<JobIndex.Entry> known = index.get(id);
    return known.isPresent() || settling.isOver()
        ? Future.succeededFuture(known)
        : settling.whenOver().map(_ -> index.get(id));
  }

  /**
   * The worker of this id.
   *
   * @throws io.orrery.job.ApiException when there is none, or it does not answer
   */
  Node reachable(String workerId) {
    Node node = node(workerId);
    if (!node.isReachable()) {
      throw PlacementRefusals.unreachable(node);
    }
    return node;
  }

  /** The worker of this id, whether it can be reached or not. */
  Node node(String workerId) {
    return registry.byId(workerId).orElseThrow(() -> PlacementRefusals.unknown(workerId));
  }
}
