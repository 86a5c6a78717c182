package io.orrery.rpc;

import java.time.Duration;

/** The moment on the monotonic clock by which a call must be answered, or never. */
public final class Deadline {
  /** No deadline; {@link #remaining} is a hundred years. */
  public static final Deadline NEVER = new Deadline(false, 0);

  private static final Duration CENTURY = Duration.ofDays(36_500);

  private static final Duration MARGIN = Duration.ofMillis(100);

  private final boolean finite;
  private final long nanoTime;

  private Deadline(boolean finite, long nanoTime) {
    this.finite = finite;
    this.nanoTime = nanoTime;
  }

  /** So long from now; what is a hundred years or more is never. */
  public static Deadline after(Duration duration) {
    return duration.compareTo(CENTURY) >= 0
        ? NEVER
        : new Deadline(true, System.nanoTime() + duration.toNanos());
  }

  /** The time left; zero when it is over. */
  public Duration remaining() {
    return finite ? Duration.ofNanos(Math.max(0, nanoTime - System.nanoTime())) : CENTURY;
  }

  /**
   * The time for a call that is made to answer the one with this deadline: a tenth less, at most
   * 100 ms, so that its failure can be told.
   */
  Duration remainingForAnother() {
    Duration left = remaining();
    Duration tenth = left.dividedBy(10);
    return left.minus(tenth.compareTo(MARGIN) < 0 ? tenth : MARGIN);
  }

  /** Whether it ever comes. */
  public boolean isFinite() {
    return finite;
  }

  @Override
  public String toString() {
    return finite ? "in " + remaining().toMillis() + " ms" : "never";
  }
}
