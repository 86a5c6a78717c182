package io.orrery.job;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** What is known of a job that is over: its process where it had one, times, and what it used. */
public record Completion(JobState.@Nullable ProcessStart start, Instant endTime, ResourceUse used) {

  /** An end of which only the time is known. */
  public static Completion unused(JobState.@Nullable ProcessStart start, Instant endTime) {
    return new Completion(start, endTime, ResourceUse.UNKNOWN);
  }
}
