package io.orrery.job;

import java.time.Duration;

/**
 * The most bytes that a stream of a job may hold before the job is stopped, for whoever looks after
 * it; 0 is no limit.
 */
public record StopLimit(long bytes) {
  public static final StopLimit NONE = new StopLimit(0);

  /** What a job may write over its limit, while it is being stopped, before it is killed. */
  public static final long OVERRUN = 16 * 1024 * 1024;

  /** How often a job is looked at that is far from its limit, or has none. */
  public static final Duration USUAL_PACE = Duration.ofMillis(50);

  private static final Duration CLOSE_PACE = Duration.ofMillis(5);

  /** What is written within the usual pace at the most: more than 5 GB a second. */
  private static final long FAR = 256 * 1024 * 1024;

  /** What is due with a stream of some size. */
  public enum Verdict {
    WITHIN,
    /** SIGTERM, and SIGKILL after the job's grace. */
    OVER,
    /** SIGKILL at once. */
    FAR_OVER
  }

  public boolean isNone() {
    return bytes == 0;
  }

  public Verdict verdict(long size) {
    if (isNone() || size <= bytes) {
      return Verdict.WITHIN;
    }
    return size - bytes > OVERRUN ? Verdict.FAR_OVER : Verdict.OVER;
  }

  /** How soon to look again while the job prints. */
  public Duration pace(long size) {
    return isNone() || verdict(size) == Verdict.FAR_OVER ? USUAL_PACE : paceFor(bytes - size);
  }

  /** The same where so many bytes may be written before there is something to do. */
  public static Duration paceFor(long room) {
    return room >= FAR ? USUAL_PACE : CLOSE_PACE;
  }
}
