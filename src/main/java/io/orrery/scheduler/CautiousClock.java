package io.orrery.scheduler;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.function.LongSupplier;

/**
 * The wall clock for what removes records of a certain age: nothing reaches that age since somebody
 * has set the clock. It is set back with the wall clock at once, and forward after that age alone,
 * when all that was there before has it. For one thread at a time.
 */
final class CautiousClock implements InstantSource {
  private final InstantSource wall;
  private final LongSupplier nanoTime;
  private final Duration age;
  private final Instant start;
  private final long startNanos;

  /** How far the wall clock was ahead of the time since the start when that was least. */
  private Duration ahead = Duration.ZERO;

  /** The same of the time since this began, which takes the place of the other one. */
  private Duration next = Duration.ZERO;

  private Duration nextSince = Duration.ZERO;

  /** Begins with what the wall clock tells now; {@code nanoTime} as {@link System#nanoTime()}. */
  CautiousClock(InstantSource wall, LongSupplier nanoTime, Duration age) {
    this.wall = wall;
    this.nanoTime = nanoTime;
    this.age = age;
    this.start = wall.instant();
    this.startNanos = nanoTime.getAsLong();
  }

  @Override
  public Instant instant() {
    Duration passed = Duration.ofNanos(nanoTime.getAsLong() - startNanos);
    Duration now = Duration.between(start, wall.instant()).minus(passed);
    next = least(next, now);
    if (next.compareTo(ahead) <= 0 || passed.minus(nextSince).compareTo(age) >= 0) {
      ahead = next;
      next = now;
      nextSince = passed;
    }
    return start.plus(passed).plus(ahead);
  }

  private static Duration least(Duration one, Duration other) {
    return one.compareTo(other) < 0 ? one : other;
  }
}
