package io.orrery.cli;

import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;

/** Trying again: waits that grow, with jitter, until a bounded time without progress is over. */
final class Patience {
  private static final long FIRST_MILLIS = 200;
  private static final long LONGEST_MILLIS = 5_000;

  private final Duration total;
  private long outage;
  private int tries;

  Patience(Duration total) {
    this.total = total;
  }

  /** It goes on: the next outage has all the time again. */
  void progress() {
    tries = 0;
  }

  /** Whether this outage has been noticed by {@link #pause} before. */
  boolean isFirstTry() {
    return tries == 0;
  }

  /** Waits before the next try; false, and at once, when the time is over. */
  boolean pause() throws InterruptedException {
    long now = System.nanoTime();
    if (tries == 0) {
      outage = now;
    }
    long left = total.toMillis() - (now - outage) / 1_000_000;
    if (left <= 0) {
      return false;
    }
    long most = Math.min(LONGEST_MILLIS, FIRST_MILLIS << Math.min(tries, 10));
    tries++;
    // Full jitter, but not nothing: a server that refuses at once is not hammered.
    Thread.sleep(Math.min(left, most / 4 + ThreadLocalRandom.current().nextLong(most)));
    return true;
  }

  Duration total() {
    return total;
  }
}
