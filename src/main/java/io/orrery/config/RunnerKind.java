package io.orrery.config;

/** Who forks the jobs of a worker. */
public enum RunnerKind {
  /** A process of its own, which goes on with the jobs when the worker ends. */
  PROCESS,
  /** The worker's own process: the jobs end with it. */
  EMBEDDED
}
