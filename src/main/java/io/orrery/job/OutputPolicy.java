package io.orrery.job;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** How much of a job's output is kept, and how long; 0 and null leave it to the worker. */
public record OutputPolicy(long maxStreamBytes, Limit limit, @Nullable Duration retention) {
  /** What happens at the size limit of a stream. */
  public enum Limit {
    STOP,
    KEEP_TAIL
  }

  /** All is left to the worker. */
  public static final OutputPolicy DEFAULT = new OutputPolicy(0, Limit.STOP, null);
}
