package io.orrery.process;

/**
 * A main process that is watched. One that we spawned has not been waited for, so that its pid is
 * nobody else's; one that was adopted from a runner that died is waited for by somebody else.
 *
 * @param startTicks with the pid it names one process; 0 for one that ended at once
 * @param group who is in it belongs to the job; may be none
 * @param start just before the spawn
 */
record Child(
    Started started,
    long startTicks,
    int pidfd,
    Moment start,
    Parentage parentage,
    JobGroup group) {

  /** Whose child it is: ours, with the peak memory that it may have inherited; or not ours. */
  record Parentage(boolean ours, long runnerPeak) {
    static final Parentage ADOPTED = new Parentage(false, 0);
  }

  int pid() {
    return started.pid();
  }
}
