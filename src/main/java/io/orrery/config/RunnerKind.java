package io.orrery.config;

/** Who forks the jobs of a worker. */
public enum RunnerKind {
  /** The worker's own process. */
  EMBEDDED
}
