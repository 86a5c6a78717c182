package io.orrery.process;

import io.orrery.job.ResourceUse;
import io.orrery.job.ResourceUse.Pressure;
import java.nio.file.Path;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/** What the kernel has counted for a job's cgroups. */
final class GroupUse {
  private final JobGroup group;

  GroupUse(JobGroup group) {
    this.group = group;
  }

  /** Whether the kernel has ended a process of the job for its use of memory. */
  boolean wasOutOfMemory() {
    return count("memory", "memory.oom_control", "memory.events", "oom_kill") > 0;
  }

  private long count(String controller, String file1, String file2, String name) {
    Path file = file(controller, file1, file2);
    return file == null ? 0 : CgroupFile.number(file, name).orElse(0);
  }

  private @Nullable Path file(String controller, String file1, String file2) {
    Path version1 = group.directory(controller);
    if (version1 != null) {
      return version1.resolve(file1);
    }
    Path unified = group.directory(JobGroup.UNIFIED);
    return unified == null ? null : unified.resolve(file2);
  }

  /**
   * What the whole tree has used, where it was counted, in the place of what is known of the main
   * process; the pressure where {@code withPressure}, as it takes three files.
   */
  ResourceUse over(ResourceUse main, boolean withPressure) {
    Path memory = file("memory", "memory.max_usage_in_bytes", "memory.peak");
    long peak = memory == null ? 0 : CgroupFile.number(memory).orElse(0);
    return withTimes(
        new ResourceUse(
            main.userTime(),
            main.systemTime(),
            peak == 0 ? main.peakMemoryBytes() : peak,
            withPressure ? pressure() : null));
  }

  private ResourceUse withTimes(ResourceUse use) {
    Path unified = group.directory(JobGroup.UNIFIED);
    if (unified != null) {
      Path stat = unified.resolve("cpu.stat");
      return with(
          use,
          micros(CgroupFile.number(stat, "user_usec")),
          micros(CgroupFile.number(stat, "system_usec")));
    }
    Path cpuacct = group.directory("cpuacct");
    return cpuacct == null ? use : withTotal(use, cpuacct);
  }

  /** Version 1 is exact in the sum only; what goes beyond the main process is split as it says. */
  private static ResourceUse withTotal(ResourceUse use, Path cpuacct) {
    Duration total =
        Duration.ofNanos(CgroupFile.number(cpuacct.resolve("cpuacct.usage")).orElse(0));
    Duration more = total.minus(use.userTime()).minus(use.systemTime());
    if (more.isNegative()) {
      return use;
    }
    long user = CgroupFile.number(cpuacct.resolve("cpuacct.usage_user")).orElse(0);
    long system = CgroupFile.number(cpuacct.resolve("cpuacct.usage_sys")).orElse(0);
    long moreUser =
        user + system == 0 ? 0 : Math.round(more.toNanos() * (user / (double) (user + system)));
    return with(
        use, use.userTime().plusNanos(moreUser), use.systemTime().plus(more).minusNanos(moreUser));
  }

  private static ResourceUse with(ResourceUse use, Duration user, Duration system) {
    return new ResourceUse(
        user.compareTo(use.userTime()) > 0 ? user : use.userTime(),
        system.compareTo(use.systemTime()) > 0 ? system : use.systemTime(),
        use.peakMemoryBytes(),
        use.pressure());
  }

  private @Nullable Pressure pressure() {
    Path unified = group.directory(JobGroup.UNIFIED);
    if (unified == null || CgroupFile.text(unified.resolve("cpu.pressure")).isEmpty()) {
      return null;
    }
    return new Pressure(
        stalled(unified.resolve("cpu.pressure")),
        stalled(unified.resolve("memory.pressure")),
        stalled(unified.resolve("io.pressure")));
  }

  /** The total of the line {@code some avg10=0.00 avg60=0.00 avg300=0.00 total=123}. */
  private static Duration stalled(Path file) {
    String text = CgroupFile.text(file);
    int total = text.indexOf("total=");
    int end = text.indexOf('\n', Math.max(total, 0));
    if (!text.startsWith("some ") || total < 0 || end < 0) {
      return Duration.ZERO;
    }
    return Duration.of(Long.parseLong(text.substring(total + 6, end)), ChronoUnit.MICROS);
  }

  private static Duration micros(OptionalLong micros) {
    return Duration.of(micros.orElse(0), ChronoUnit.MICROS);
  }
}
