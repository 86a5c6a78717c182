package io.orrery.process;

import io.orrery.posix.Descriptors;
import io.orrery.posix.PosixException;
import io.orrery.posix.Signal;
import io.orrery.posix.Signals;
import io.orrery.posix.Waiting;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Ends the processes that are left of jobs whose parent is gone, found in the jobs' cgroups and by
 * the jobs' ids in the environment that they were executed with.
 */
public final class Leftovers {
  private static final Duration PATIENCE_AFTER_KILL = Duration.ofSeconds(5);
  private static final long LOOK_MILLIS = 20;

  private final Map<String, JobGroup> groups;
  private Map<ProcessEntry, String> left = Map.of();

  private Leftovers(Map<String, JobGroup> groups) {
    this.groups = groups;
  }

  /**
   * SIGTERM to all of them, the grace, SIGKILL until nobody is found. Blocks until then, at most
   * for the grace and five seconds, however many jobs there are.
   *
   * @param jobs cookies and directories
   * @return the cookies of jobs that have survivors, with their pids
   */
  public static Map<String, List<Integer>> end(Map<String, Path> jobs, Duration grace) {
    Map<String, JobGroup> groups = new HashMap<>();
    jobs.forEach((cookie, directory) -> groups.put(cookie, group(directory)));
    return jobs.isEmpty() ? Map.of() : new Leftovers(groups).end(grace);
  }

  /**
   * Those of the jobs of which there are processes still. Blocks for one reading of the process
   * table.
   *
   * @param jobs cookies and directories
   */
  public static Set<String> alive(Map<String, Path> jobs) {
    Map<String, JobGroup> groups = new HashMap<>();
    jobs.forEach((cookie, directory) -> groups.put(cookie, group(directory)));
    Leftovers leftovers = new Leftovers(groups);
    leftovers.look();
    return Set.copyOf(leftovers.left.values());
  }

  private static JobGroup group(Path directory) {
    try {
      return AttemptRecord.read(directory)
          .map(record -> JobGroup.recorded(record.cgroups()))
          .orElse(JobGroup.NONE);
    } catch (IOException noRecord) {
      return JobGroup.NONE;
    }
  }

  private Map<String, List<Integer>> end(Duration grace) {
    look();
    signal(Signal.TERM);
    signal(Signal.CONT);
    long kill = System.nanoTime() + grace.toNanos();
    while (!left.isEmpty() && System.nanoTime() < kill && pause()) {
      look();
    }
    long giveUp = System.nanoTime() + PATIENCE_AFTER_KILL.toNanos();
    while (!left.isEmpty() && System.nanoTime() < giveUp) {
      left.values().forEach(job -> groups.getOrDefault(job, JobGroup.NONE).kill());
      signal(Signal.KILL);
      pause();
      look();
    }
    groups.values().forEach(JobGroup::remove);
    Map<String, List<Integer>> survivors = new HashMap<>();
    left.forEach(
        (entry, job) -> survivors.computeIfAbsent(job, _ -> new ArrayList<>()).add(entry.pid()));
    return survivors;
  }

  /** One reading of the process table for all jobs. */
  private void look() {
    Map<ProcessEntry, String> found = new HashMap<>();
    ProcessTable table = ProcessTable.read();
    for (ProcessEntry entry : table.entries()) {
      String job = table.cookieOf(entry);
      if (groups.containsKey(job)) {
        found.put(entry, job);
      }
    }
    groups.forEach(
        (job, group) -> {
          for (int pid : group.members()) {
            Proc.entry(pid)
                .filter(entry -> !entry.gone())
                .ifPresent(entry -> found.put(entry, job));
          }
        });
    left = found;
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

  private void signal(Signal signal) {
    for (ProcessEntry entry : left.keySet()) {
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
