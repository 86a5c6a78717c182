package io.orrery.process;

import io.orrery.posix.Errno;
import java.nio.file.Path;

/** The limits that this process has itself, beyond which it cannot raise those of a job. */
final class HardLimit {
  private static final int HARD = 1;

  private HardLimit() {}

  /** Passes if a job may be given so much of the resource, as /proc/self/limits names it. */
  static void check(String resource, long asked) throws StartFailure {
    long most = Prefix.isRoot() ? kernelsOwn(resource) : own(resource);
    if (asked > most) {
      throw new StartFailure(
          Errno.EPERM.number(),
          "the limit '%s' of %d is more than the %d that this worker may give"
              .formatted(resource.replace("Max ", ""), asked, most));
    }
  }

  private static long kernelsOwn(String resource) {
    return resource.equals("Max open files")
        ? CgroupFile.number(Path.of("/proc/sys/fs/nr_open")).orElse(Long.MAX_VALUE)
        : Long.MAX_VALUE;
  }

  private static long own(String resource) {
    return CgroupFile.text(Path.of("/proc/self/limits"))
        .lines()
        .filter(line -> line.startsWith(resource))
        .map(line -> line.substring(resource.length()).strip().split("\\s+", -1)[HARD])
        .filter(hard -> !hard.equals("unlimited"))
        .mapToLong(Long::parseLong)
        .findFirst()
        .orElse(Long.MAX_VALUE);
  }
}
