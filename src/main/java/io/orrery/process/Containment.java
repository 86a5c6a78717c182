package io.orrery.process;

import io.orrery.posix.PosixException;
import io.orrery.posix.Signal;
import io.orrery.posix.Signals;
import io.orrery.posix.Waiting;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
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
    Path memory = group.directory("memory");
    if (memory != null && launch.confinement().limits().memoryBytes() != 0) {
      return memory.resolve("tasks");
    }
    return unified != null && launch.confinement().needsCgroup()
        ? unified.resolve("cgroup.procs")
        : null;
  }

  /** Spawns the process so that it is in the groups when this returns; answers with its pid. */
  int around(Spawning spawning) throws StartFailure, PosixException {
    boolean memory = launch.confinement().limits().memoryBytes() != 0;
    int pid;
    try (Entrance _ = cgroups.enter(group, memory ? Set.of("memory") : Set.of())) {
      pid = spawning.spawn();
    }
    if (launch.confinement().needsCgroup()) {
      limit(pid);
    }
    Path unified = group.directory(JobGroup.UNIFIED);
    if (unified != null && !unified.resolve("cgroup.procs").equals(door())) {
      moveAll(unified.resolve("cgroup.procs"), pid);
    }
    return pid;
  }

  /** A job that cannot be held to its limits is not kept. */
  private void limit(int pid) throws PosixException {
    try {
      new GroupLimits(group, launch.confinement().limits()).writeAfter();
    } catch (PosixException e) {
      group.kill();
      Signals.kill(-pid, Signal.KILL.number());
      Waiting.wait4(pid, 0);
      throw e;
    }
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
      return new TreeScan(ProcessTable.read(), main, Map.of())
          .alive(launch.terms().cookie()).stream().map(ProcessEntry::pid).toList();
    }
    return IntStream.rangeClosed(main + 1, last)
        .filter(pid -> ProcessTree.isMember(pid, main, launch.terms().cookie()))
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
