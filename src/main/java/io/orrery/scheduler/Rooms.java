package io.orrery.scheduler;

import io.orrery.job.JobId;
import java.util.Collection;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** All workers with what is free at each, the least loaded first. It belongs to one context. */
final class Rooms {
  private final Map<String, Room> byId = new HashMap<>();
  private final TreeSet<Room> online = new TreeSet<>();
  private final Map<JobId, Room> holders = new HashMap<>();
  private long turn;

  /**
   * A worker is known, or was heard of; answers whether it has changed so that jobs may find room
   * which had none.
   */
  boolean update(Node node) {
    Room known = byId.get(node.id());
    if (known == null) {
      known = new Room(node);
      byId.put(node.id(), known);
    } else if (known.node().state() == node.state()
        && known.node().isHeard() == node.isHeard()
        && known.node().profile().equals(node.profile())) {
      known.node(node);
      return false;
    }
    change(known, changing -> changing.node(node));
    return true;
  }

  /** A worker is not known any more. */
  void forget(String workerId) {
    Room room = byId.remove(workerId);
    if (room != null) {
      online.remove(room);
      room.taken().keySet().forEach(holders::remove);
    }
  }

  /** A job is at a worker, and takes this much of it. */
  void take(String workerId, JobId id, Requirements.Amount amount) {
    Room room = byId.get(workerId);
    if (room != null) {
      release(id);
      holders.put(id, room);
      change(room, changing -> changing.take(id, amount, ++turn));
    }
  }

  /** A job takes no room any more; answers whether it took some. */
  boolean release(JobId id) {
    Room room = holders.remove(id);
    if (room == null) {
      return false;
    }
    change(room, changing -> changing.release(id));
    return true;
  }

  /** The worker has these jobs alone. */
  void retain(String workerId, Set<JobId> present) {
    Room room = byId.get(workerId);
    if (room != null) {
      for (JobId id : new HashSet<>(room.taken().keySet())) {
        if (!present.contains(id)) {
          release(id);
        }
      }
    }
  }

  private void change(Room room, Consumer<Room> how) {
    online.remove(room);
    how.accept(room);
    if (room.node().state() == Node.State.ONLINE && room.node().isHeard()) {
      online.add(room);
    }
  }

  Optional<Room> get(String workerId) {
    return Optional.ofNullable(byId.get(workerId));
  }

  /** How many workers take jobs. */
  int online() {
    return online.size();
  }

  /** Whether a worker that takes jobs has a slot which is free. */
  boolean hasSlots() {
    return !online.isEmpty() && online.first().fullness() < 1;
  }

  Collection<Room> all() {
    return byId.values();
  }

  /** The least loaded worker that can run it now and is not kept for another. */
  @Nullable Room choose(Requirements needs, Set<Room> reserved) {
    if (!needs.workerId().isEmpty()) {
      Room named = byId.get(needs.workerId());
      return named != null && !reserved.contains(named) && fits(named, needs) ? named : null;
    }
    for (Room room : online) {
      if (room.fullness() >= 1) {
        return null;
      }
      if (!reserved.contains(room) && fits(room, needs)) {
        return room;
      }
    }
    return null;
  }

  private static boolean fits(Room room, Requirements needs) {
    return room.obstacle(needs) == Obstacle.NONE;
  }

  /**
   * The worker that is to be kept free for a job which waits for room: the least loaded of those
   * that would do.
   */
  @Nullable Room toKeepFor(Requirements needs, Set<Room> reserved) {
    if (!needs.workerId().isEmpty()) {
      Room named = byId.get(needs.workerId());
      return named != null && named.obstacle(needs).isOfRoom() ? named : null;
    }
    for (Room room : online) {
      if (!reserved.contains(room) && room.obstacle(needs).isOfRoom()) {
        return room;
      }
    }
    return null;
  }

  /** How many workers have which obstacle to the job. */
  Map<Obstacle, Integer> obstacles(Requirements needs, Set<Room> reserved) {
    Map<Obstacle, Integer> counts = new EnumMap<>(Obstacle.class);
    for (Room room : byId.values()) {
      Obstacle obstacle = room.obstacle(needs);
      boolean kept = obstacle == Obstacle.NONE && reserved.contains(room);
      counts.merge(kept ? Obstacle.RESERVED : obstacle, 1, Integer::sum);
    }
    return counts;
  }
}
