package io.orrery.process;

import io.orrery.posix.PosixException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.file.Path;
import java.util.Map;

/**
 * This thread in a job's cgroups of version 1, so that what it forks is in them from its first
 * instruction.
 *
 * <p>A thread that moves itself ("0" into tasks) takes 20 µs a hierarchy; a process that is moved
 * by another waits for all processors, up to some milliseconds, and runs meanwhile.
 */
final class Entrance implements AutoCloseable {
  private static final Logger LOG = System.getLogger(Entrance.class.getName());
  private static final String THIS_THREAD = "0";

  private final Map<String, Path> homes;
  private final JobGroup group;

  /** {@code homes} are the groups of this process. Only for threads that are the system's own. */
  Entrance(JobGroup group, Map<String, Path> homes) throws PosixException {
    if (Thread.currentThread().isVirtual()) {
      throw new IllegalStateException("a virtual thread would take its carrier along");
    }
    this.group = group;
    this.homes = homes;
    try {
      for (Map.Entry<String, Path> each : group.directories().entrySet()) {
        if (homes.containsKey(each.getKey())) {
          CgroupFile.write(each.getValue().resolve("tasks"), THIS_THREAD);
        }
      }
    } catch (PosixException e) {
      close();
      throw e;
    }
  }

  /** Goes back to the rest of this process. */
  @Override
  public void close() {
    homes.forEach(
        (hierarchy, home) -> {
          if (group.directory(hierarchy) != null) {
            leave(home);
          }
        });
  }

  private static void leave(Path home) {
    try {
      CgroupFile.write(home.resolve("tasks"), THIS_THREAD);
    } catch (PosixException e) {
      LOG.log(Level.ERROR, "a thread of the runner stays in the cgroup of a job", e);
    }
  }
}
