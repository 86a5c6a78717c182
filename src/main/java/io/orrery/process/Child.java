package io.orrery.process;

/**
 * A main process that was spawned and has not been waited for, so that its pid is nobody else's.
 *
 * @param startNanos {@link System#nanoTime()} just before the spawn
 * @param runnerPeak the peak memory, in bytes, that the child may have inherited
 */
record Child(Started started, int pidfd, long startNanos, long runnerPeak) {
  int pid() {
    return started.pid();
  }
}
