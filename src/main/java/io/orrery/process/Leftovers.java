package io.orrery.process;

import io.orrery.posix.Descriptors;
import io.orrery.posix.PosixException;
import io.orrery.posix.Signal;
import io.orrery.posix.Signals;
import io.orrery.posix.Waiting;
import java.time.Duration;
import java.util.List;

/**
 * Ends the processes that are left of a job whose parent is gone, found by the job's id in the
 * environment that they were executed with.
 */
public final class Leftovers {
  private static final Duration PATIENCE_AFTER_KILL = Duration.ofSeconds(5);
  private static final long LOOK_MILLIS = 20;

  private Leftovers() {}

  /**
   * SIGTERM, the grace, SIGKILL until nobody is found. Blocks until then, at most for the grace and
   * five seconds.
   *
   * @return the pids that survive
   */
  public static List<Integer> end(String jobId, Duration grace) {
    List<ProcessEntry> left = find(jobId);
    signal(left, Signal.TERM);
    signal(left, Signal.CONT);
    long kill = System.nanoTime() + grace.toNanos();
    while (!left.isEmpty() && System.nanoTime() < kill && pause()) {
      left = find(jobId);
    }
    long giveUp = System.nanoTime() + PATIENCE_AFTER_KILL.toNanos();
    while (!left.isEmpty() && System.nanoTime() < giveUp) {
      signal(left, Signal.KILL);
      pause();
      left = find(jobId);
    }
    return left.stream().map(ProcessEntry::pid).toList();
  }

  private static List<ProcessEntry> find(String jobId) {
    ProcessTable table = ProcessTable.read();
    return table.entries().stream().filter(entry -> table.jobOf(entry).equals(jobId)).toList();
  }

  private static boolean pause() {
    try {
      Thread.sleep(LOOK_MILLIS);
      return true;
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  private static void signal(List<ProcessEntry> entries, Signal signal) {
    for (ProcessEntry entry : entries) {
      try {
        int pidfd = Waiting.pidfd_open(entry.pid());
        try {
          if (Proc.entry(entry.pid())
              .filter(now -> now.startTicks() == entry.startTicks())
              .isPresent()) {
            Signals.pidfd_send_signal(pidfd, signal.number());
          }
        } finally {
          Descriptors.close(pidfd);
        }
      } catch (PosixException gone) {
        // It has ended; the next look says so.
      }
    }
  }
}
