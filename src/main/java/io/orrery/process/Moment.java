package io.orrery.process;

import io.orrery.posix.Clocks;
import io.orrery.posix.PosixException;
import java.time.Duration;

/**
 * A moment on the two clocks that nobody sets.
 *
 * @param nanos {@link System#nanoTime()}, which stands still while the host sleeps: deadlines run
 *     by it
 * @param bootNanos the time since the start of the host, its sleep included: how long ago something
 *     was is told by it
 */
record Moment(long nanos, long bootNanos) {
  /**
   * In this unit the kernel tells when a process began (proc_pid_stat(5)), on every architecture.
   */
  private static final long TICK_NANOS = 10_000_000;

  static Moment now() {
    return new Moment(System.nanoTime(), bootTime());
  }

  /** When a process began that the kernel says began at this tick. */
  static Moment ofTicks(long ticks) {
    Moment now = now();
    long age = Math.max(0, now.bootNanos - ticks * TICK_NANOS);
    return new Moment(now.nanos - age, now.bootNanos - age);
  }

  /** How long ago it was. */
  Duration age() {
    return Duration.ofNanos(bootTime() - bootNanos);
  }

  private static long bootTime() {
    try {
      return Clocks.clock_gettime(Clocks.CLOCK_BOOTTIME);
    } catch (PosixException e) {
      throw new IllegalStateException(e); // Linux 2.6.39 has the clock
    }
  }
}
