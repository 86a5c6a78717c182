package io.orrery.process;

import io.orrery.job.Limits;
import io.orrery.posix.PosixException;
import java.io.File;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Writes limits into a job's cgroups, in the words of the version that each is of.
 *
 * @see <a href="https://docs.kernel.org/admin-guide/cgroup-v2.html">cgroup-v2</a>
 * @see <a href="https://docs.kernel.org/admin-guide/cgroup-v1/">cgroup-v1</a>
 */
final class GroupLimits {
  private static final long PERIOD_MICROS = 100_000;
  private static final long LONG_PERIOD_MICROS = 1_000_000;

  /** The kernel takes no smaller share of a period. */
  private static final long LEAST_QUOTA_MICROS = 1_000;

  private final JobGroup group;
  private final Limits limits;
  private final File sysBlock;

  GroupLimits(JobGroup group, Limits limits) {
    this(group, limits, new File("/sys/block"));
  }

  /** With the devices of another directory than the kernel's own. */
  GroupLimits(JobGroup group, Limits limits, File sysBlock) {
    this.group = group;
    this.limits = limits;
    this.sysBlock = sysBlock;
  }

  /**
   * What must hold from the job's first instruction. A thread of ours may come into the groups of
   * version 1, where it is not to be throttled, as all others would wait for it.
   */
  void writeBefore() throws PosixException {
    if (limits.memoryBytes() != 0) {
      memory();
    }
    writePids(isVersion1("pids") ? 1 : 0);
    writeThrottles(false);
  }

  /** The rest, when that thread has gone. */
  void writeAfter() throws PosixException {
    if (isVersion1("pids")) {
      writePids(0);
    }
    writeThrottles(true);
  }

  private void writePids(int guests) throws PosixException {
    if (limits.pids() != 0) {
      CgroupFile.write(directory("pids").resolve("pids.max"), text(limits.pids() + guests));
    }
  }

  private void writeThrottles(boolean version1) throws PosixException {
    if (limits.cpus() != 0 && isVersion1("cpu") == version1) {
      cpus();
    }
    boolean io = limits.io().limitsReads() || limits.io().limitsWrites();
    if (io && isVersion1("blkio") == version1) {
      for (String device : blockDevices(sysBlock)) {
        io(device);
      }
    }
  }

  private void memory() throws PosixException {
    Path directory = directory("memory");
    String bytes = text(limits.memoryBytes());
    if (isVersion1("memory")) {
      CgroupFile.write(directory.resolve("memory.limit_in_bytes"), bytes);
      writeIfThere(directory.resolve("memory.memsw.limit_in_bytes"), bytes);
    } else {
      CgroupFile.write(directory.resolve("memory.max"), bytes);
      writeIfThere(directory.resolve("memory.swap.max"), "0");
      writeIfThere(directory.resolve("memory.oom.group"), "1");
    }
  }

  private void cpus() throws PosixException {
    Path directory = directory("cpu");
    boolean small = limits.cpus() * PERIOD_MICROS < LEAST_QUOTA_MICROS;
    long period = small ? LONG_PERIOD_MICROS : PERIOD_MICROS;
    long quota = Math.max(LEAST_QUOTA_MICROS, Math.round(limits.cpus() * period));
    if (isVersion1("cpu")) {
      CgroupFile.write(directory.resolve("cpu.cfs_period_us"), text(period));
      CgroupFile.write(directory.resolve("cpu.cfs_quota_us"), text(quota));
    } else {
      CgroupFile.write(directory.resolve("cpu.max"), quota + " " + period);
    }
  }

  private void io(String device) throws PosixException {
    Limits.InputOutput io = limits.io();
    if (isVersion1("blkio")) {
      Path directory = directory("blkio");
      throttle(
          directory.resolve("blkio.throttle.read_bps_device"), device, io.readBytesPerSecond());
      throttle(
          directory.resolve("blkio.throttle.read_iops_device"),
          device,
          io.readOperationsPerSecond());
    } else {
      String line =
          device
              + word("rbps", io.readBytesPerSecond())
              + word("wbps", io.writeBytesPerSecond())
              + word("riops", io.readOperationsPerSecond())
              + word("wiops", io.writeOperationsPerSecond());
      CgroupFile.write(directory("io").resolve("io.max"), line);
    }
  }

  private static void throttle(Path file, String device, long most) throws PosixException {
    if (most != 0) {
      CgroupFile.write(file, device + " " + most);
    }
  }

  private static String word(String name, long most) {
    return most == 0 ? "" : " " + name + "=" + most;
  }

  /** The whole disks that have a medium, as {@code major:minor}. */
  static List<String> blockDevices(File sysBlock) {
    List<String> devices = new ArrayList<>();
    File[] entries = sysBlock.listFiles();
    for (File entry : entries == null ? new File[0] : entries) {
      Path device = entry.toPath();
      if (CgroupFile.number(device.resolve("size")).orElse(0) > 0) {
        devices.add(CgroupFile.text(device.resolve("dev")).strip());
      }
    }
    return devices;
  }

  private boolean isVersion1(String controller) {
    return group.directory(controller) != null;
  }

  private Path directory(String controller) {
    @Nullable Path directory = group.directory(controller);
    Path found = directory == null ? group.directory(JobGroup.UNIFIED) : directory;
    if (found == null) {
      throw new IllegalStateException("no cgroup with the controller " + controller);
    }
    return found;
  }

  private static void writeIfThere(Path file, String text) throws PosixException {
    if (file.toFile().exists()) {
      CgroupFile.write(file, text);
    }
  }

  private static String text(long number) {
    return Long.toString(number);
  }
}
