package io.orrery.scheduler;

import io.orrery.job.ApiException;
import io.orrery.job.JobSpec;
import io.orrery.job.Placement;
import io.orrery.job.Reason;
import java.util.Map;
import java.util.Set;

/** Which jobs are refused at once, since no worker that is known could ever run them. */
final class Refusals {
  private Refusals() {}

  /**
   * A job may wait where a known worker could run it at another time.
   *
   * @throws ApiException with {@link Reason#WORKER_NOT_FOUND}, {@link Reason#WORKER_UNREACHABLE} or
   *     {@link Reason#DRAINING} for the worker that the job names, or {@link
   *     Reason#NO_MATCHING_WORKER}
   */
  static void check(Rooms rooms, Requirements needs, JobSpec spec) {
    Placement placement = spec.placement();
    if (!placement.workerId().isEmpty()) {
      Room room =
          rooms
              .get(placement.workerId())
              .orElseThrow(() -> PlacementRefusals.unknown(placement.workerId()));
      checkNamed(room, needs, placement);
      return;
    }
    boolean never =
        rooms.all().stream()
            .map(room -> room.obstacle(needs))
            .allMatch(obstacle -> obstacle.isLasting() || obstacle == Obstacle.OFFLINE);
    if (never) {
      throw PlacementRefusals.noWorker(rooms.obstacles(needs, Set.of()), placement.selector());
    }
  }

  /** The job would have to wait, and so many wait already. */
  static ApiException queueFull(int waiting) {
    return new ApiException(
        Reason.QUEUE_FULL,
        "no worker has room, and "
            + waiting
            + " jobs wait already; try again later, or raise `queue` in the scheduler's"
            + " configuration",
        Map.of("queue", Integer.toString(waiting)));
  }

  private static void checkNamed(Room room, Requirements needs, Placement placement) {
    Node node = room.node();
    switch (room.obstacle(needs)) {
      case DRAINING -> throw PlacementRefusals.draining(node);
      case UNREACHABLE, OFFLINE -> throw PlacementRefusals.unreachable(node);
      case LABELS, LIMITS, TOO_SMALL, NOT_NAMED ->
          throw PlacementRefusals.unfit(node, room.lastingObstacle(needs), placement.selector());
      case NONE, EXPECTED, SLOTS, CPUS, MEMORY, RESERVED -> {}
    }
  }
}
