package io.orrery.process;

import io.orrery.job.ResourceUse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/** What a job that runs has used by now, read by whoever may know its process. Blocks. */
public final class RunningUse {
  /** The kernel tells programs of a hundred ticks a second, whatever it counts in (time(7)). */
  private static final Duration TICK = Duration.ofMillis(10);

  private static final long KIB = 1024;

  private RunningUse() {}

  /**
   * That of the job's cgroups where it has some, else that of its main process and of those that it
   * waited for; empty where the process is there no more.
   */
  public static Optional<ResourceUse> read(AttemptRecord attempt) {
    int pid = attempt.started().pid();
    if (attempt.isOfAnotherBoot() || !isThere(pid, attempt.startTicks())) {
      return Optional.empty();
    }
    GroupUse group = new GroupUse(JobGroup.recorded(attempt.cgroups()));
    ResourceUse use = group.over(main(pid), true);
    // The pid may have become another process's meanwhile, and the group may have gone.
    return isThere(pid, attempt.startTicks()) ? Optional.of(use) : Optional.empty();
  }

  private static boolean isThere(int pid, long startTicks) {
    return Proc.entry(pid).filter(entry -> entry.startTicks() == startTicks).isPresent();
  }

  private static ResourceUse main(int pid) {
    Proc.Times times = Proc.times(pid);
    return new ResourceUse(
        TICK.multipliedBy(times.user()), TICK.multipliedBy(times.system()), peak(pid), null);
  }

  /** The line {@code VmHWM: 1234 kB}; a process that has ended has none. */
  private static long peak(int pid) {
    String status =
        new String(
            Proc.file(Path.of("/proc", Integer.toString(pid), "status").toString(), 4096),
            StandardCharsets.ISO_8859_1);
    return status
        .lines()
        .filter(line -> line.startsWith("VmHWM:"))
        .mapToLong(line -> Long.parseLong(line.replaceAll("[^0-9]", "")) * KIB)
        .findFirst()
        .orElse(0);
  }
}
