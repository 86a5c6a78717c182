package io.orrery.job;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * The disk of a job's output was full while the job ran, from a time to a time (null while it is):
 * what the job wrote then may be missing, which the job alone has heard.
 *
 * @param errno what it heard if so, as in errno(3)
 * @param certain the last bytes of its terminal are missing: those are written for it
 */
public record OutputLoss(String errno, Instant start, @Nullable Instant end, boolean certain) {
  /** The disk is full now, and was not before. */
  public static OutputLoss since(Instant start) {
    return new OutputLoss("ENOSPC", start, null, false);
  }

  /** The last bytes are missing since this time; what was known before stays known. */
  public static OutputLoss certain(String errno, Instant time, @Nullable OutputLoss before) {
    return before == null
        ? new OutputLoss(errno, time, time, true)
        : new OutputLoss(errno, before.start, before.end, true);
  }

  /** Whether it goes on. */
  public boolean lasts() {
    return end == null;
  }

  /** The same, which is over; unless it was before. */
  public OutputLoss until(Instant time) {
    Instant over = time.isBefore(start) ? start : time; // the clock may have been set back
    return lasts() ? new OutputLoss(errno, start, over, certain) : this;
  }

  /** The same, which goes on: times between are not told apart. */
  public OutputLoss again() {
    return new OutputLoss(errno, start, null, certain);
  }
}
