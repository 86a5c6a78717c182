package io.orrery.process;

import java.nio.charset.StandardCharsets;
import java.util.Optional;

/**
 * One line of the process table.
 *
 * @param startTicks when it started, in clock ticks since boot; with the pid it names one process,
 *     though pids are used again
 * @see <a href="https://man7.org/linux/man-pages/man5/proc_pid_stat.5.html">proc_pid_stat(5)</a>
 */
record ProcessEntry(int pid, int parent, int session, boolean gone, long startTicks) {
  private static final int STATE = 0;
  private static final int PARENT = 1;
  private static final int SESSION = 3;
  private static final int THREADS = 17;
  private static final int START = 19;

  /** Reads /proc/PID/stat; the name in parentheses may itself contain spaces and parentheses. */
  static Optional<ProcessEntry> parse(int pid, byte[] stat) {
    String line = new String(stat, StandardCharsets.ISO_8859_1);
    int name = line.lastIndexOf(')');
    if (name < 0 || name + 2 >= line.length()) {
      return Optional.empty();
    }
    String[] fields = line.substring(name + 2).split(" ", START + 2);
    if (fields.length <= START) {
      return Optional.empty();
    }
    return Optional.of(
        new ProcessEntry(
            pid,
            Integer.parseInt(fields[PARENT]),
            Integer.parseInt(fields[SESSION]),
            gone(fields[STATE].charAt(0), fields[THREADS]),
            Long.parseLong(fields[START])));
  }

  /** A zombie is gone, unless only its first thread has ended and others run on. */
  private static boolean gone(char state, String threads) {
    return state == 'X' || (state == 'Z' && Integer.parseInt(threads) <= 1);
  }

  boolean is(ProcessEntry other) {
    return pid == other.pid && startTicks == other.startTicks;
  }
}
