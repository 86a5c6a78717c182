package io.orrery.process;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The directories of the cgroups that this process is in: one of the unified hierarchy (version 2)
 * where there is one, and one for each controller of version 1.
 *
 * @see <a href="https://man7.org/linux/man-pages/man7/cgroups.7.html">cgroups(7)</a>
 */
record CgroupMounts(@Nullable Path unified, Map<String, Path> controllers) {
  private static final CgroupMounts NONE = new CgroupMounts(null, Map.of());

  CgroupMounts {
    controllers = Map.copyOf(controllers);
  }

  /** What /proc says; no directories at all where it says nothing. */
  static CgroupMounts read() {
    try {
      return parse(
          Files.readString(Path.of("/proc/self/mountinfo")),
          Files.readString(Path.of("/proc/self/cgroup")));
    } catch (IOException noCgroups) {
      return NONE;
    }
  }

  /** From the texts of /proc/self/mountinfo and /proc/self/cgroup. */
  static CgroupMounts parse(String mountinfo, String cgroup) {
    Map<String, String> own = new HashMap<>();
    for (String line : cgroup.lines().toList()) {
      String[] fields = line.split(":", 3);
      if (fields.length == 3) {
        for (String controller : fields[1].split(",", -1)) {
          own.put(controller, fields[2]);
        }
      }
    }
    @Nullable Path unified = null;
    Map<String, Path> controllers = new HashMap<>();
    for (String line : mountinfo.lines().toList()) {
      List<String> fields = List.of(line.split(" ", -1));
      int separator = fields.indexOf("-");
      if (separator < 5 || fields.size() < separator + 4) {
        continue;
      }
      switch (fields.get(separator + 1)) {
        case "cgroup2" -> unified = directory(fields, own.get(""));
        case "cgroup" -> {
          for (String option : fields.get(separator + 3).split(",", -1)) {
            @Nullable Path directory = directory(fields, own.get(option));
            if (directory != null) {
              controllers.put(option, directory);
            }
          }
        }
        default -> {}
      }
    }
    return new CgroupMounts(unified, controllers);
  }

  /** The mount shows the hierarchy from {@code root} on, which in a container is not its top. */
  private static @Nullable Path directory(List<String> mount, @Nullable String own) {
    if (own == null) {
      return null;
    }
    Path root = Path.of(unescaped(mount.get(3)));
    Path point = Path.of(unescaped(mount.get(4)));
    Path inside = Path.of(own).normalize();
    return inside.startsWith(root) ? point.resolve(root.relativize(inside)).normalize() : point;
  }

  private static String unescaped(String text) {
    return text.replace("\\040", " ").replace("\\011", "\t").replace("\\134", "\\");
  }
}
