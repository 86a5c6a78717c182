package io.orrery.metrics;

import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.util.stream.LongStream;

/** Times in histograms; all have the same bounds, so that they can be laid over each other. */
public final class Buckets {
  private static final long[] MILLIS = {
    1, 2, 5, 10, 25, 50, 100, 250, 500, 1_000, 2_500, 5_000, 10_000, 60_000, 600_000, 3_600_000
  };

  private Buckets() {}

  /** A histogram of times in seconds; it is given labels, and registered, by the caller. */
  public static Timer.Builder times(String name, String description) {
    return Timer.builder(name)
        .description(description)
        .serviceLevelObjectives(
            LongStream.of(MILLIS).mapToObj(Duration::ofMillis).toArray(Duration[]::new));
  }
}
