package io.orrery.scheduler;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Gives waiting jobs to workers that have room, in the order of the jobs. It does nothing but
 * arithmetic on the line and the rooms.
 *
 * <p>A job that waits for room keeps the worker that would do best from those behind it, so that
 * small jobs cannot hold back a large one for ever, and nobody gets a place that an earlier one
 * could have had.
 */
final class PlacementPass {
  /** So many looks at a worker, some milliseconds, before others have their turn. */
  private static final long MOST_LOOKS = 200_000;

  /** So many lines are looked at in any case; those behind get their turn when these move. */
  static final int LEAST_LINES = 1_000;

  private final WaitingLine line;
  private final Rooms rooms;
  private final Set<Room> reserved = new HashSet<>();
  private long looks;

  private PlacementPass(WaitingLine line, Rooms rooms) {
    this.line = line;
    this.rooms = rooms;
  }

  /** A job and the worker that it was given to. */
  record Placed(Waiting job, Node node) {}

  /**
   * Takes the jobs that can be placed now out of the line, and their room.
   *
   * @param atMost so many, so that the context is not held for long
   */
  static List<Placed> run(WaitingLine line, Rooms rooms, int atMost) {
    return new PlacementPass(line, rooms).run(atMost);
  }

  /** The workers that are kept for jobs which are before this one. */
  static Set<Room> reservedBefore(Waiting job, WaitingLine line, Rooms rooms) {
    PlacementPass pass = new PlacementPass(line, rooms);
    Optional<Waiting> head = line.first();
    while (head.isPresent()
        && head.get().compareTo(job) < 0
        && pass.mayReserve()
        && pass.mayLook(head.get())) {
      pass.reserve(head.get());
      head = line.headAfter(head.get());
    }
    return pass.reserved;
  }

  private List<Placed> run(int atMost) {
    List<Placed> placed = new ArrayList<>();
    Optional<Waiting> next = line.first();
    // While every worker is full nobody can be placed, whatever is asked.
    while (next.isPresent() && placed.size() < atMost && rooms.hasSlots() && mayLook(next.get())) {
      Waiting job = next.get();
      Room room = rooms.choose(job.needs(), reserved);
      if (room == null) {
        reserve(job);
      } else {
        rooms.take(room.node().id(), job.id(), job.needs().amount());
        line.remove(job.id());
        placed.add(new Placed(job, room.node()));
      }
      next = line.headAfter(job);
    }
    return placed;
  }

  /**
   * Each line costs at most one look at each worker, and that twice; one that names its worker a
   * look at that, so that however many wait for workers which are away, others have their turn.
   */
  private boolean mayLook(Waiting head) {
    long atAll = 2L * rooms.online();
    looks += head.needs().workerId().isEmpty() ? atAll : 2;
    return looks <= Math.max(MOST_LOOKS, LEAST_LINES * atAll);
  }

  private boolean mayReserve() {
    return reserved.size() < rooms.online();
  }

  private void reserve(Waiting job) {
    if (mayReserve()) {
      Room room = rooms.toKeepFor(job.needs(), reserved);
      if (room != null) {
        reserved.add(room);
      }
    }
  }
}
