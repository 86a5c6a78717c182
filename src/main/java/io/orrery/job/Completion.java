package io.orrery.job;

import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** What is known of a job that is over: its process where it had one, times, and what it used. */
public record Completion(
    JobState.@Nullable ProcessStart start,
    Instant endTime,
    Duration userTime,
    Duration systemTime,
    long peakMemoryBytes) {

  /** The end of a job that never ran. */
  public static Completion withoutProcess(Instant endTime) {
    return new Completion(null, endTime, Duration.ZERO, Duration.ZERO, 0);
  }
}
