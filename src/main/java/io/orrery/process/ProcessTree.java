package io.orrery.process;

import io.orrery.posix.Descriptors;
import io.orrery.posix.PosixException;
import io.orrery.posix.Signal;
import io.orrery.posix.Signals;
import io.orrery.posix.Waiting;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * All processes of one job: those in its cgroup, and whoever the process table shows to be of it:
 * its session, the descendants, the sessions that these lead, and whoever carries the job's id in
 * the environment.
 *
 * <p>A main process of ours has not been waited for, so that its pid, which is also its session's
 * and its group's number, is not used again; the group of one that was adopted is signalled only
 * while the main process is there. Not thread-safe.
 */
final class ProcessTree {
  private static final Logger LOG = System.getLogger(ProcessTree.class.getName());

  /** Trying a pid costs about 20 µs. */
  private static final int FEW = 24;

  private final Child main;
  private final int mainPid;
  private final String cookie;
  private final Map<Integer, Long> known = new HashMap<>();
  private final Map<Integer, Long> killed = new HashMap<>();

  ProcessTree(Child main, String cookie) {
    this.main = main;
    this.mainPid = main.pid();
    this.cookie = cookie;
  }

  /**
   * Whether surely nobody is left beside the main process, seen without the process table: from the
   * job's cgroup or, where there is none, since few enough pids were handed out after the main
   * process's: whoever the job started has one of these. The latter holds only while pids cannot
   * have come round, which the caller judges by the job's age.
   */
  boolean isPlainlyAlone(boolean young) {
    if (main.group().isTracking()) {
      return main.group().isEmpty();
    }
    int last = Proc.lastPid();
    return young
        && last >= mainPid
        && last - mainPid <= FEW
        && IntStream.rangeClosed(mainPid + 1, last).noneMatch(p -> isMember(p, mainPid, cookie));
  }

  /** Whether a process is plainly of a job: of its session, or with its id in the environment. */
  static boolean isMember(int pid, int mainPid, String cookie) {
    return Proc.entry(pid)
        .filter(
            entry ->
                !entry.gone() && (entry.session() == mainPid || Proc.cookieOf(pid).equals(cookie)))
        .isPresent();
  }

  /**
   * Looks for everyone alive. Who is found is remembered, and so is found again when the parents
   * have ended. {@code table} was read after what the caller wants to know about.
   */
  List<Integer> alive(ProcessTable table) {
    List<ProcessEntry> members = new TreeScan(table, mainPid, known).alive(cookie);
    known.clear();
    for (ProcessEntry member : members) {
      known.put(member.pid(), member.startTicks());
    }
    known.putAll(inGroup());
    return List.copyOf(known.keySet());
  }

  /** A member before and after its start time was read: so it is that member's start time. */
  private Map<Integer, Long> inGroup() {
    Map<Integer, Long> members = new HashMap<>();
    if (main.group().isTracking()) {
      for (int pid : main.group().members()) {
        Proc.entry(pid)
            .filter(entry -> !entry.gone())
            .ifPresent(entry -> members.put(pid, entry.startTicks()));
      }
      members.keySet().retainAll(main.group().members());
    }
    return members;
  }

  /** Ends all that are in the job's cgroup, as far as the kernel does that at once. */
  void killGroup() {
    main.group().kill();
  }

  /** Signals the job's process group at once, so that no fork in progress escapes it. */
  void signalGroup(int signal) {
    if (!main.parentage().ours() && !isThere()) {
      return;
    }
    try {
      Signals.kill(-mainPid, signal);
    } catch (PosixException e) {
      // ESRCH: the group has ended. EPERM: all of it belongs to another user, as after sudo.
      LOG.log(Level.DEBUG, "signal {0} to group {1}: {2}", signal, mainPid, e.getMessage());
    }
  }

  private boolean isThere() {
    return Proc.entry(mainPid).filter(now -> now.startTicks() == main.startTicks()).isPresent();
  }

  /** Signals each of those that the last look found, and nobody who got the pid of one since. */
  void signalEach(int signal) {
    known.forEach(
        (pid, startTicks) -> {
          if (signal(pid, startTicks, signal) && signal == Signal.KILL.number()) {
            killed.put(pid, startTicks);
          }
        });
  }

  private static boolean signal(int pid, long startTicks, int signal) {
    try {
      int pidfd = Waiting.pidfd_open(pid);
      try {
        boolean same = Proc.entry(pid).filter(e -> e.startTicks() == startTicks).isPresent();
        if (same) {
          Signals.pidfd_send_signal(pidfd, signal);
        }
        return same;
      } finally {
        Descriptors.close(pidfd);
      }
    } catch (PosixException e) {
      LOG.log(Level.DEBUG, "signal {0} to {1}: {2}", signal, pid, e.getMessage());
      return false;
    }
  }

  /** Whether a look has found somebody since the last one that found nobody. */
  boolean hasKnown() {
    return !known.isEmpty();
  }

  /** How many processes were sent SIGKILL one by one. */
  int killed() {
    return killed.size();
  }
}
