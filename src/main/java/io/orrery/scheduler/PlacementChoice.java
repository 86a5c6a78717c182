package io.orrery.scheduler;

import io.orrery.job.ApiException;
import io.orrery.job.LabelSelector;
import io.orrery.job.Placement;
import io.orrery.job.Reason;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;

/**
 * Chooses the worker of a job: the one that it names, else the least loaded of those that match.
 * Pure.
 */
final class PlacementChoice {
  private static final Comparator<Node> LEAST_LOADED =
      Comparator.comparingDouble(Node::fullness)
          .thenComparingLong(node -> node.load().lastGiven())
          .thenComparing(Node::name);

  private PlacementChoice() {}

  /**
   * The worker for a job.
   *
   * @throws ApiException with {@link Reason#WORKER_NOT_FOUND} or {@link Reason#WORKER_UNREACHABLE}
   *     for the worker that the job names, or {@link Reason#NO_MATCHING_WORKER}
   */
  static Node choose(Collection<Node> nodes, Placement placement) {
    LabelSelector selector = LabelSelector.parse(placement.selector());
    if (!placement.workerId().isEmpty()) {
      return named(nodes, placement, selector);
    }
    List<Node> matching =
        nodes.stream().filter(node -> selector.matches(node.profile().labels())).toList();
    return matching.stream()
        .filter(node -> node.state() == Node.State.ONLINE)
        .min(LEAST_LOADED)
        .orElseThrow(() -> noWorker(nodes.size(), matching.size(), placement.selector()));
  }

  private static Node named(Collection<Node> nodes, Placement placement, LabelSelector selector) {
    String id = placement.workerId();
    Node node =
        nodes.stream()
            .filter(candidate -> candidate.id().equals(id))
            .findFirst()
            .orElseThrow(() -> unknown(id));
    if (node.state() == Node.State.DRAINING) {
      throw new ApiException(
          Reason.DRAINING,
          "worker " + node.name() + " takes no new jobs: " + node.standing().reason(),
          Map.of("worker_id", id, "worker_name", node.name()));
    }
    if (!node.isReachable()) {
      throw unreachable(node);
    }
    if (!selector.matches(node.profile().labels())) {
      throw new ApiException(
          Reason.NO_MATCHING_WORKER,
          "the labels of worker " + node.name() + " do not match " + placement.selector(),
          Map.of("worker_id", id, "selector", placement.selector()));
    }
    return node;
  }

  /** No worker has this id. */
  static ApiException unknown(String workerId) {
    return new ApiException(
        Reason.WORKER_NOT_FOUND,
        "no worker " + workerId + "; `orrery workers` lists them",
        Map.of("worker_id", workerId));
  }

  /** The worker does not answer. */
  static ApiException unreachable(Node node) {
    return new ApiException(
        Reason.WORKER_UNREACHABLE,
        "worker "
            + node.name()
            + " is "
            + node.state()
            + " since "
            + node.standing().since()
            + ": "
            + node.standing().reason()
            + (node.state() == Node.State.UNREACHABLE ? "; its jobs may well go on" : ""),
        Map.of(
            "worker_id", node.id(),
            "worker_name", node.name(),
            "since", node.standing().since().toString()));
  }

  private static ApiException noWorker(int known, int matching, String selector) {
    String what =
        known == 0
            ? "no worker has registered; start one with `bin/orrery worker`"
            : matching == 0
                ? "none of the " + known + " workers has labels that match '" + selector + "'"
                : "none of the " + matching + " matching workers is online; `orrery workers` tells";
    return new ApiException(
        Reason.NO_MATCHING_WORKER,
        what,
        Map.of(
            "workers", Integer.toString(known),
            "matching", Integer.toString(matching),
            "selector", selector));
  }
}
