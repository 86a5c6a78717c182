package io.orrery.process;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The processes of this host at one moment. Reading costs about 40 µs a process, so jobs that end
 * together share one. Not thread-safe.
 */
final class ProcessTable {
  private final List<ProcessEntry> entries;
  private final Map<Integer, String> jobs = new HashMap<>();

  private ProcessTable(List<ProcessEntry> entries) {
    this.entries = entries;
  }

  /** A process that ends meanwhile may be missing. Reads memory only, and does not block. */
  static ProcessTable read() {
    return new ProcessTable(Proc.pids().mapToObj(Proc::entry).flatMap(Optional::stream).toList());
  }

  List<ProcessEntry> entries() {
    return entries;
  }

  /** {@link Proc#cookieOf}, read when it is first asked for, which may wait for an exec. */
  String cookieOf(ProcessEntry entry) {
    return entry.gone() ? "" : jobs.computeIfAbsent(entry.pid(), Proc::cookieOf);
  }
}
