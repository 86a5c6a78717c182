package io.orrery.scheduler;

import java.time.Instant;

/**
 * A worker as the scheduler knows it at one moment.
 *
 * @param running how many jobs run there, as it last said
 */
record Node(String id, String incarnation, WorkerProfile profile, Standing standing, int running) {

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

  String name() {
    return profile.name();
  }

  State state() {
    return standing.state();
  }

  /** Whether this scheduler has heard of it, and not only the one before. */
  boolean isHeard() {
    return !standing.heartbeatTime().equals(Standing.NEVER);
  }

  /** Whether it is known to answer now. */
  boolean isAnswering() {
    return isReachable() && isHeard();
  }

  boolean isReachable() {
    return state() == State.ONLINE || state() == State.DRAINING;
  }

  Node with(Standing next) {
    return new Node(id, incarnation, profile, next, running);
  }

  Node withRunning(int jobs) {
    return new Node(id, incarnation, profile, standing, jobs);
  }
}
