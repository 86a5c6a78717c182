package io.orrery.process;

import java.time.Duration;

/** A point on the monotonic clock. */
record Deadline(long nanos) implements Comparable<Deadline> {
  /** So far away that it may as well be never, and comparisons do not overflow. */
  private static final Duration LONGEST = Duration.ofDays(36_500);

  /** {@code start} is a value of {@link System#nanoTime()}. */
  static Deadline after(long start, Duration time) {
    Duration bounded = time.compareTo(LONGEST) < 0 ? time : LONGEST;
    return new Deadline(start + bounded.toNanos());
  }

  boolean isDue() {
    return nanosLeft() <= 0;
  }

  long nanosLeft() {
    return nanos - System.nanoTime();
  }

  boolean isBefore(Deadline other) {
    return compareTo(other) < 0;
  }

  @Override
  public int compareTo(Deadline other) {
    return Long.compare(nanos - other.nanos, 0);
  }
}
