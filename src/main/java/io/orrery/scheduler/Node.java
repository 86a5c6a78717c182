package io.orrery.scheduler;

import java.time.Instant;

/** A worker as the scheduler knows it at one moment. */
record Node(String id, String incarnation, WorkerProfile profile, Standing standing, Load load) {

  /** Whether a worker can be given jobs. */
  enum State {
    ONLINE,
    DRAINING,
    UNREACHABLE,
    OFFLINE
  }

  /**
   * Its state, why, and since when; when it registered and was last heard of, by the wall clock.
   */
  record Standing(
      State state, String reason, Instant since, Instant registerTime, Instant heartbeatTime) {

    /** The time of what has not happened. */
    static final Instant NEVER = Instant.EPOCH;

    Standing become(State next, String why, Instant now) {
      return new Standing(next, why, now, registerTime, heartbeatTime);
    }

    Standing because(String why) {
      return new Standing(state, why, since, registerTime, heartbeatTime);
    }

    Standing heard(Instant now) {
      return new Standing(state, reason, since, registerTime, now);
    }
  }

  /** How many jobs run: as reported, and given since the report; and when it was last given one. */
  record Load(int reported, int given, long lastGiven) {
    static final Load NONE = new Load(0, 0, 0);

    int running() {
      return reported + given;
    }
  }

  String name() {
    return profile.name();
  }

  State state() {
    return standing.state();
  }

  boolean isReachable() {
    return state() == State.ONLINE || state() == State.DRAINING;
  }

  Node with(Standing next) {
    return new Node(id, incarnation, profile, next, load);
  }

  Node with(Load next) {
    return new Node(id, incarnation, profile, standing, next);
  }

  /** The share of its slots that is taken; more than 1 where more run than it has slots for. */
  double fullness() {
    return (double) load.running() / Math.max(1, profile.capacity().slots());
  }
}
