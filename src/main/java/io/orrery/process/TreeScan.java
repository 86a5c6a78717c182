package io.orrery.process;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** One search of the process table for the members of a job's tree. */
final class TreeScan {
  private static final int SELF = (int) ProcessHandle.current().pid();
  private static final int INIT = 1;

  private final List<ProcessEntry> strangers = new ArrayList<>();
  private final List<ProcessEntry> members = new ArrayList<>();
  private final Set<Integer> pids = new HashSet<>();
  private final ProcessTable table;
  private final Map<Integer, Long> known;

  /**
   * {@code known} are members of earlier searches, with their start times. Nobody who started
   * before the main process can be a member.
   */
  TreeScan(ProcessTable table, int mainPid, Map<Integer, Long> known) {
    this.table = table;
    this.known = known;
    pids.add(mainPid);
    long start = Long.MAX_VALUE;
    for (ProcessEntry entry : table.entries()) {
      if (entry.pid() == mainPid) {
        start = entry.startTicks();
      }
    }
    for (ProcessEntry entry : table.entries()) {
      if (entry.startTicks() >= start && entry.pid() != SELF && entry.pid() != INIT) {
        strangers.add(entry);
      }
    }
  }

  /** The members that have not ended. */
  List<ProcessEntry> alive(String cookie) {
    adoptRelatives();
    for (ProcessEntry entry : List.copyOf(strangers)) {
      if (table.cookieOf(entry).equals(cookie)) {
        strangers.remove(entry);
        join(entry);
      }
    }
    adoptRelatives();
    members.removeIf(ProcessEntry::gone);
    return members;
  }

  private void adoptRelatives() {
    int before;
    do {
      before = members.size();
      for (Iterator<ProcessEntry> all = strangers.iterator(); all.hasNext(); ) {
        ProcessEntry entry = all.next();
        if (isRelative(entry)) {
          all.remove();
          join(entry);
        }
      }
    } while (members.size() > before);
  }

  private boolean isRelative(ProcessEntry entry) {
    return pids.contains(entry.pid())
        || pids.contains(entry.parent())
        || pids.contains(entry.session())
        || known.getOrDefault(entry.pid(), -1L) == entry.startTicks();
  }

  private void join(ProcessEntry entry) {
    members.add(entry);
    pids.add(entry.pid());
  }
}
