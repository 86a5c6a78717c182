package io.orrery.output;

import java.time.Duration;

/** How long a reader is left without a message, and how long it may take none. */
public record Patience(Duration heartbeat, Duration stall) {
  /** A sign of life after 10 seconds; a reader that takes nothing for 10 minutes is let go. */
  public static final Patience DEFAULT =
      new Patience(Duration.ofSeconds(10), Duration.ofMinutes(10));
}
