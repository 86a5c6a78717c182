package io.orrery.scheduler;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.PriorityQueue;
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
  /** So many lines are looked at in one pass; those behind get their turn when these move. */
  static final int DEPTH = 1_000;

  private final WaitingLine line;
  private final Rooms rooms;
  private final Set<Room> reserved = new HashSet<>();

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
    for (Waiting head : line.heads(DEPTH)) {
      if (head.compareTo(job) < 0) {
        pass.reserve(head);
      }
    }
    return pass.reserved;
  }

  private List<Placed> run(int atMost) {
    List<Placed> placed = new ArrayList<>();
    PriorityQueue<Waiting> heads = new PriorityQueue<>(line.heads(DEPTH));
    while (!heads.isEmpty() && placed.size() < atMost) {
      Waiting job = heads.remove();
      Room room = rooms.choose(job.needs(), reserved);
      if (room == null) {
        reserve(job);
        continue;
      }
      rooms.take(room.node().id(), job.id(), job.needs().amount());
      line.remove(job.id());
      placed.add(new Placed(job, room.node()));
      line.head(job.needs()).ifPresent(heads::add);
    }
    return placed;
  }

  private void reserve(Waiting job) {
    Room room = rooms.toKeepFor(job.needs(), reserved);
    if (room != null) {
      reserved.add(room);
    }
  }
}
