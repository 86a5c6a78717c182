package io.orrery.process;

import io.orrery.job.Limits;

/**
 * What a job is held to.
 *
 * @param user the user of the host that it runs as; "" is this process's own
 */
public record Confinement(Limits limits, String user) {
  /** Nothing is asked for. */
  public static final Confinement NONE = new Confinement(Limits.NONE, "");

  /** Whether it takes a cgroup to hold the job to it. */
  boolean needsCgroup() {
    return limits.memoryBytes() != 0
        || limits.cpus() != 0
        || limits.pids() != 0
        || limits.io().limitsReads()
        || limits.io().limitsWrites();
  }

  /** Whether a program must run before the job's to set it up. */
  boolean needsPrefix() {
    return !user.isEmpty()
        || limits.openFiles() != 0
        || limits.fileSizeBytes() != 0
        || limits.nice() != 0
        || limits.noNewPrivileges();
  }
}
