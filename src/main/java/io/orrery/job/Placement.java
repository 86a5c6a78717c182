package io.orrery.job;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Where and in which order a job may run: the scheduler's part of a spec; empty, 0 and null are
 * 'any' and 'not asked'.
 *
 * @param queueTimeout how long it may wait for a worker
 */
public record Placement(
    String workerId,
    String selector,
    int priority,
    int maxAttempts,
    @Nullable Duration queueTimeout) {
  public static final Placement ANY = new Placement("", "", 0, 0, null);
}
