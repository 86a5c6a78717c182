package io.orrery.process;

import io.orrery.posix.PosixException;
import java.io.File;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The cgroups of one job, one in each hierarchy that it is in, or none at all. Whoever was forked
 * by a member is a member, whatever it did to its session, environment and parents.
 */
final class JobGroup {
  /** The name of the hierarchy of version 2; others are named as their controller. */
  static final String UNIFIED = "unified";

  static final JobGroup NONE = new JobGroup(Map.of());
  private static final Logger LOG = System.getLogger(JobGroup.class.getName());
  private static final int SELF = (int) ProcessHandle.current().pid();

  private final Map<String, Path> directories;
  private final @Nullable Path tracker;

  /** Directories by the names of their hierarchies; one may have more than one name. */
  JobGroup(Map<String, Path> directories) {
    this.directories = new LinkedHashMap<>(directories);
    this.tracker = tracker();
  }

  private @Nullable Path tracker() {
    for (String hierarchy : List.of(UNIFIED, "pids")) {
      if (directories.containsKey(hierarchy)) {
        return directories.get(hierarchy);
      }
    }
    return directories.values().stream().findFirst().orElse(null);
  }

  /** The group that {@link #record} told of. */
  static JobGroup recorded(List<String> record) {
    Map<String, Path> directories = new LinkedHashMap<>();
    for (String each : record) {
      int equals = each.indexOf('=');
      if (equals > 0) {
        directories.put(each.substring(0, equals), Path.of(each.substring(equals + 1)));
      }
    }
    return directories.isEmpty() ? NONE : new JobGroup(directories);
  }

  /** The group as texts. */
  List<String> record() {
    List<String> record = new ArrayList<>();
    directories.forEach((hierarchy, directory) -> record.add(hierarchy + "=" + directory));
    return record;
  }

  Map<String, Path> directories() {
    return directories;
  }

  @Nullable Path directory(String hierarchy) {
    return directories.get(hierarchy);
  }

  /** Whether the group tells who is in the job. */
  boolean isTracking() {
    return tracker != null;
  }

  /** Whether nobody is alive in it; zombies count as gone. */
  boolean isEmpty() {
    if (tracker == null) {
      return true;
    }
    return isUnified()
        ? CgroupFile.number(tracker.resolve("cgroup.events"), "populated").orElse(0) == 0
        : members().isEmpty();
  }

  private boolean isUnified() {
    return directories.containsKey(UNIFIED);
  }

  /** The pids of those alive in it and in the groups below it. */
  List<Integer> members() {
    List<Integer> members = new ArrayList<>();
    if (tracker != null) {
      addMembers(tracker.toFile(), members);
    }
    return members;
  }

  private static void addMembers(File directory, List<Integer> members) {
    for (int pid : CgroupFile.numbers(directory.toPath().resolve("cgroup.procs"))) {
      // 0 is a process that this namespace cannot name; a thread of ours may be here for a moment.
      if (pid != SELF && pid != 0) {
        members.add(pid);
      }
    }
    for (File child : below(directory)) {
      addMembers(child, members);
    }
  }

  private static List<File> below(File directory) {
    if (hasNoneBelow(directory)) {
      return List.of();
    }
    File[] children = directory.listFiles(File::isDirectory);
    return children == null ? List.of() : List.of(children);
  }

  /** A directory has a link from its parent, one from itself, and one from each below it. */
  private static boolean hasNoneBelow(File directory) {
    try {
      return Files.getAttribute(directory.toPath(), "unix:nlink") instanceof Integer links
          && links == 2;
    } catch (IOException | UnsupportedOperationException e) {
      return false;
    }
  }

  /**
   * Ends all at once where the kernel can (version 2, Linux 5.14); in version 1 has it refuse every
   * fork, so that signals to the {@link #members} reach all of them in the end.
   */
  void kill() {
    try {
      if (isUnified()) {
        write(UNIFIED, "cgroup.kill", "1");
      } else {
        write("pids", "pids.max", "0");
      }
    } catch (PosixException e) {
      LOG.log(Level.DEBUG, "one by one then: {0}", e.getMessage());
    }
  }

  private void write(String hierarchy, String file, String text) throws PosixException {
    Path directory = directories.get(hierarchy);
    if (directory != null) {
      CgroupFile.write(directory.resolve(file), text);
    }
  }

  /** Removes the directories; one that somebody is in stays. */
  void remove() {
    for (Path directory : Set.copyOf(directories.values())) {
      remove(directory.toFile());
    }
  }

  static void remove(File directory) {
    if (directory.delete()) {
      return;
    }
    below(directory).forEach(JobGroup::remove);
    if (!directory.delete() && directory.exists()) {
      LOG.log(Level.DEBUG, "the cgroup {0} is in use", directory);
    }
  }
}
