package io.orrery.scheduler;

import io.orrery.job.JobId;
import java.util.HashMap;
import java.util.Map;

/** What a worker has, and what of it is taken by jobs. It belongs to one context. */
final class Room implements Comparable<Room> {
  /** What is left of sums of fractions: a thousandth of a processor is nothing. */
  private static final double TOLERANCE = 1e-3;

  private Node node;
  private final Map<JobId, Requirements.Amount> taken = new HashMap<>();
  private double cpus;
  private long memoryBytes;
  private long lastGiven;

  Room(Node node) {
    this.node = node;
  }

  Node node() {
    return node;
  }

  void node(Node now) {
    node = now;
  }

  void take(JobId id, Requirements.Amount amount, long turn) {
    release(id);
    taken.put(id, amount);
    cpus += amount.cpus();
    memoryBytes += amount.memoryBytes();
    lastGiven = turn;
  }

  boolean release(JobId id) {
    Requirements.Amount amount = taken.remove(id);
    if (amount == null) {
      return false;
    }
    cpus = taken.isEmpty() ? 0 : cpus - amount.cpus();
    memoryBytes -= amount.memoryBytes();
    return true;
  }

  int running() {
    return taken.size();
  }

  Map<JobId, Requirements.Amount> taken() {
    return taken;
  }

  /** The first thing that keeps a job from this worker now, or {@link Obstacle#NONE}. */
  Obstacle obstacle(Requirements needs) {
    Obstacle lasting = lastingObstacle(needs);
    if (lasting != Obstacle.NONE) {
      return lasting;
    }
    WorkerProfile.Capacity capacity = node.profile().capacity();
    return switch (node.state()) {
      case DRAINING -> Obstacle.DRAINING;
      case UNREACHABLE -> Obstacle.UNREACHABLE;
      case OFFLINE -> Obstacle.OFFLINE;
      case ONLINE ->
          !node.isHeard()
              ? Obstacle.EXPECTED
              : running() >= slots()
                  ? Obstacle.SLOTS
                  : cpus + needs.amount().cpus() > capacity.cpus() + TOLERANCE
                      ? Obstacle.CPUS
                      : needs.amount().memoryBytes() > capacity.memoryBytes() - memoryBytes
                          ? Obstacle.MEMORY
                          : Obstacle.NONE;
    };
  }

  /** What keeps the job from this worker for as long as the worker is as it is. */
  Obstacle lastingObstacle(Requirements needs) {
    WorkerProfile profile = node.profile();
    if (!needs.workerId().isEmpty() && !needs.workerId().equals(node.id())) {
      return Obstacle.NOT_NAMED;
    }
    if (!needs.selector().matches(profile.labels())) {
      return Obstacle.LABELS;
    }
    if (!profile.capacity().enforcedLimits().containsAll(needs.limits())) {
      return Obstacle.LIMITS;
    }
    return needs.amount().cpus() > profile.capacity().cpus() + TOLERANCE
            || needs.amount().memoryBytes() > profile.capacity().memoryBytes()
        ? Obstacle.TOO_SMALL
        : Obstacle.NONE;
  }

  int slots() {
    return Math.max(1, node.profile().capacity().slots());
  }

  /** The share of its slots that is taken; more than 1 where more run than it has slots for. */
  double fullness() {
    return (double) running() / slots();
  }

  /** The least loaded first, then the one that was given a job the longest ago. */
  @Override
  public int compareTo(Room other) {
    int byFullness = Double.compare(fullness(), other.fullness());
    int byTurn = byFullness != 0 ? byFullness : Long.compare(lastGiven, other.lastGiven);
    return byTurn != 0 ? byTurn : node.name().compareTo(other.node.name());
  }
}
