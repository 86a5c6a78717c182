package io.orrery.process;

import io.orrery.posix.PosixException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** Puts one job's main process, and whatever that has forked by then, into the job's cgroups. */
final class Containment {
  private static final Logger LOG = System.getLogger(Containment.class.getName());

  /** Trying a pid costs about 20 µs, a look at all processes some milliseconds. */
  private static final int FEW = 64;

  private final Cgroups cgroups;
  private final Launch launch;
  private final JobGroup group;

  Containment(Cgroups cgroups, Launch launch) throws StartFailure {
    this.cgroups = cgroups;
    this.launch = launch;
    this.group = cgroups.make(launch.terms(), launch.confinement());
  }

  interface Spawning {
    int spawn() throws StartFailure;
  }

  JobGroup group() {
    return group;
  }

  /** The file through which the process must enter by itself before it is the job's, if so. */
  @Nullable Path door() {
    Path unified = group.directory(JobGroup.UNIFIED);
    return unified != null && launch.confinement().needsCgroup()
        ? unified.resolve("cgroup.procs")
        : null;
  }

  /** Spawns the process so that it is in the groups when this returns; answers with its pid. */
  int around(Spawning spawning) throws StartFailure, PosixException {
    int pid;
    try (Entrance _ = cgroups.enter(group)) {
      pid = spawning.spawn();
    }
    if (launch.confinement().needsCgroup()) {
      new GroupLimits(group, launch.confinement().limits()).writePids(0);
    }
    Path unified = group.directory(JobGroup.UNIFIED);
    if (unified != null && door() == null) {
      moveAll(unified.resolve("cgroup.procs"), pid);
    }
    return pid;
  }

  /** Whoever forked before it was moved has children outside: they have higher pids than it. */
  private void moveAll(Path door, int main) {
    move(door, main);
    boolean again = true;
    for (int look = 0; again && look < FEW; look++) {
      List<Integer> inside = group.members();
      again = false;
      for (int pid : relatives(main)) {
        again |= !inside.contains(pid) && move(door, pid);
      }
    }
  }

  private List<Integer> relatives(int main) {
    int last = Proc.lastPid();
    if (last < main || last - main > FEW) {
      return new TreeScan(ProcessTable.read(), main, java.util.Map.of())
          .alive(launch.jobId()).stream().map(ProcessEntry::pid).toList();
    }
    return IntStream.rangeClosed(main + 1, last)
        .filter(pid -> ProcessTree.isMember(pid, main, launch.jobId()))
        .boxed()
        .toList();
  }

  private static boolean move(Path door, int pid) {
    try {
      CgroupFile.write(door, Integer.toString(pid));
      return true;
    } catch (PosixException e) {
      LOG.log(Level.DEBUG, "process {0} is not moved: {1}", pid, e.getMessage());
      return false;
    }
  }
}
