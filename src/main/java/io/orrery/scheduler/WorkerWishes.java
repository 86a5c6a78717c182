package io.orrery.scheduler;

import io.orrery.v1.StopOrder;
import io.orrery.v1.WorkerOrders;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/**
 * What is wanted of each worker now. It is all said with each answer, until the worker's reports
 * show that it is done: nothing here depends on a message that must not be lost.
 */
final class WorkerWishes {
  /** Of how many jobs a worker is asked at one time. */
  private static final int MOST_ASKED = 5_000;

  private final Registry registry;
  private final JobIndex index;
  private final Drains drains;
  private final Map<String, Set<String>> asked = new HashMap<>();
  private final Map<String, Map<String, StopOrder>> stops = new HashMap<>();

  WorkerWishes(Registry registry, JobIndex index, Drains drains) {
    this.registry = registry;
    this.index = index;
    this.drains = drains;
  }

  /** The worker tells of itself anew: what is still wanted follows from that. */
  void forget(Node node) {
    asked.remove(node.id());
    stops.remove(node.id());
  }

  /** The worker shall tell of these jobs, and of no others that it was asked for before. */
  void ask(Node node, Set<String> jobIds) {
    asked.put(node.id(), new HashSet<>(jobIds));
  }

  /**
   * The worker shall tell of a job that was given up, should it come back: maybe by a heartbeat
   * alone, and the job may still run there.
   */
  void askAlso(JobIndex.Entry givenUp) {
    Set<String> ids = asked.computeIfAbsent(givenUp.workerId(), _ -> new HashSet<>());
    if (ids.size() < MOST_ASKED) {
      ids.add(givenUp.id().value());
    }
  }

  /** The worker shall stop an attempt that it runs. */
  void stop(Node node, JobIndex.Entry old, String reason) {
    stops
        .computeIfAbsent(node.id(), _ -> new HashMap<>())
        .put(old.id().value(), order(old, reason));
  }

  private static StopOrder order(JobIndex.Entry entry, String reason) {
    return StopOrder.newBuilder()
        .setJobId(entry.id().value())
        .setAttempt(entry.attempt())
        .setReason(reason)
        .build();
  }

  /** The worker has told of the job; a stop that is still wanted is wanted anew. */
  void answered(Node node, String jobId) {
    asked.getOrDefault(node.id(), new HashSet<>()).remove(jobId);
    stops.getOrDefault(node.id(), new HashMap<>()).remove(jobId);
  }

  WorkerOrders of(Node node) {
    WorkerOrders.Builder orders =
        WorkerOrders.newBuilder()
            .addAllStops(stops.getOrDefault(node.id(), Map.of()).values())
            .addAllReportJobIds(
                asked.getOrDefault(node.id(), Set.of()).stream().limit(MOST_ASKED).toList());
    registry
        .drain(node.name())
        .ifPresent(
            drain -> {
              orders.setDraining(true).setDrainReason(drain.reason());
              if (drains.isOverdue(node.name())) {
                stopAll(node, "the time of its worker's drain was over: " + drain.text(), orders);
              }
            });
    return orders.build();
  }

  private void stopAll(Node node, String reason, WorkerOrders.Builder orders) {
    index.live(node.id()).forEach(entry -> orders.addStops(order(entry, reason)));
    index.givenUp(node.id()).forEach(entry -> orders.addStops(order(entry, reason)));
  }
}
