package io.orrery.store;

import java.time.Instant;
import java.util.concurrent.TimeUnit;

/** Times as whole nanoseconds since 1970; those too far away are the farthest that there are. */
final class EpochNanos {
  private static final long SECOND = TimeUnit.SECONDS.toNanos(1);

  private EpochNanos() {}

  static long of(Instant time) {
    try {
      return Math.addExact(Math.multiplyExact(time.getEpochSecond(), SECOND), time.getNano());
    } catch (ArithmeticException farAway) {
      return time.getEpochSecond() < 0 ? Long.MIN_VALUE : Long.MAX_VALUE;
    }
  }

  static Instant at(long nanos) {
    return Instant.ofEpochSecond(Math.floorDiv(nanos, SECOND), Math.floorMod(nanos, SECOND));
  }
}
