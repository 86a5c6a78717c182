package io.orrery.process;

import java.util.List;

/**
 * What became of a job's processes.
 *
 * @param empty whether none is left; zombies count as gone
 * @param survivors the pids that are left
 * @param killed how many processes were sent SIGKILL
 */
public record TreeReport(boolean empty, List<Integer> survivors, int killed) {
  static final TreeReport NOTHING = new TreeReport(true, List.of(), 0);

  public TreeReport {
    survivors = List.copyOf(survivors);
  }
}
