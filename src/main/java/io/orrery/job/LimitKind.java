package io.orrery.job;

import java.util.EnumSet;
import java.util.Set;

/** What can be asked of a worker to hold a job to, and what the worker's host needs for it. */
public enum LimitKind {
  MEMORY("limits.memory_bytes", "the cgroup controller memory"),
  CPUS("limits.cpus", "the cgroup controller cpu"),
  PIDS("limits.pids", "the cgroup controller pids"),
  IO_READ("limits.io_read", "the cgroup controller io (version 2) or blkio (version 1)"),
  IO_WRITE(
      "limits.io_write",
      "the cgroup controller io (version 2): that of version 1 does not see buffered writes"),
  OPEN_FILES("limits.open_files", "the program prlimit of util-linux"),
  FILE_SIZE("limits.file_size_bytes", "the program prlimit of util-linux"),
  NICE("limits.nice", "the program nice, and to ask for more than usual, root"),
  NO_NEW_PRIVILEGES("limits.no_new_privileges", "the program setpriv of util-linux"),
  RUN_AS("run_as", "a worker that runs as root, and the program setpriv of util-linux");

  private final String field;
  private final String need;

  LimitKind(String field, String need) {
    this.field = field;
    this.need = need;
  }

  /** The field of a request that asks for it, or what the fields that do begin with. */
  public String field() {
    return field;
  }

  /** The same without the message that the field is in, for short lists. */
  public String shortName() {
    return field.substring(field.indexOf('.') + 1);
  }

  /** What a host needs to enforce it, for people. */
  public String need() {
    return need;
  }

  /** What a spec asks for. */
  public static Set<LimitKind> asked(JobSpec spec) {
    Limits limits = spec.limits();
    Set<LimitKind> asked = EnumSet.noneOf(LimitKind.class);
    add(asked, MEMORY, limits.memoryBytes() != 0);
    add(asked, CPUS, limits.cpus() != 0);
    add(asked, PIDS, limits.pids() != 0);
    add(asked, IO_READ, limits.io().limitsReads());
    add(asked, IO_WRITE, limits.io().limitsWrites());
    add(asked, OPEN_FILES, limits.openFiles() != 0);
    add(asked, FILE_SIZE, limits.fileSizeBytes() != 0);
    add(asked, NICE, limits.nice() != 0);
    add(asked, NO_NEW_PRIVILEGES, limits.noNewPrivileges());
    add(asked, RUN_AS, !spec.runAs().isEmpty());
    return asked;
  }

  private static void add(Set<LimitKind> kinds, LimitKind kind, boolean asked) {
    if (asked) {
      kinds.add(kind);
    }
  }
}
