package io.orrery.scheduler;

import io.orrery.job.JobId;
import io.orrery.rpc.Call;
import io.orrery.security.Identity;
import io.vertx.core.Future;
import java.util.Optional;
import java.util.function.BiPredicate;

/** Finds the worker that has a job; belongs to the scheduler's one context. */
final class JobLocator {
  private final Registry registry;
  private final JobIndex index;
  private final Settling settling;

  JobLocator(Registry registry, JobIndex index, Settling settling) {
    this.registry = registry;
    this.index = index;
    this.settling = settling;
  }

  /** A job, and the worker that has it and can be reached. */
  record Located(JobIndex.Entry entry, Node node) {}

  /**
   * The one job of this id or prefix, among those that the caller has the right to. While the
   * scheduler is starting, a job that it does not know yet is waited for.
   */
  Future<Located> find(String idOrPrefix, Call call, BiPredicate<Identity, String> right) {
    return look(idOrPrefix, call, right)
        .map(entry -> new Located(entry, reachable(entry.workerId())));
  }

  /** The same, whether its worker can be reached or not. */
  Future<JobIndex.Entry> look(String idOrPrefix, Call call, BiPredicate<Identity, String> right) {
    return isKnown(idOrPrefix)
        ? Future.succeededFuture(now(idOrPrefix, call, right))
        : settling.whenOver().map(_ -> now(idOrPrefix, call, right));
  }

  private boolean isKnown(String idOrPrefix) {
    return settling.isOver()
        || (JobId.isWhole(idOrPrefix) && index.get(new JobId(idOrPrefix)).isPresent());
  }

  private JobIndex.Entry now(String idOrPrefix, Call call, BiPredicate<Identity, String> right) {
    return index.find(idOrPrefix, job -> right.test(call.caller(), job.owner()));
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
      throw PlacementChoice.unreachable(node);
    }
    return node;
  }

  /** The worker of this id, whether it can be reached or not. */
  Node node(String workerId) {
    return registry.byId(workerId).orElseThrow(() -> PlacementChoice.unknown(workerId));
  }
}
