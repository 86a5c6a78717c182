package io.orrery.job;

/**
 * Where and in which order a job may run: the scheduler's part of a spec; empty and 0 are 'any'.
 */
public record Placement(String workerId, String selector, int priority, int maxAttempts) {
  public static final Placement ANY = new Placement("", "", 0, 0);
}
