package io.orrery.scheduler;

import java.util.concurrent.ThreadLocalRandom;

/** How long to wait before something is tried again: longer each time, and never all together. */
final class Backoff {
  private static final long FIRST_MILLIS = 500;
  private static final long MOST_MILLIS = 60_000;
  private static final int MOST_DOUBLINGS = 10;

  private Backoff() {}

  /**
   * Between half and all of 500 ms, doubled for each time before, of a minute at the most.
   *
   * @param times how often it has failed, from 1
   */
  static long millis(int times) {
    int doublings = Math.clamp(times - 1L, 0, MOST_DOUBLINGS);
    long most = Math.min(MOST_MILLIS, FIRST_MILLIS << doublings);
    return ThreadLocalRandom.current().nextLong(most / 2, most + 1);
  }
}
