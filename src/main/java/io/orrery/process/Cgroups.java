package io.orrery.process;

import io.orrery.job.LimitKind;
import io.orrery.posix.Errno;
import io.orrery.posix.PosixException;
import java.io.File;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The cgroups of one worker's jobs: in the hierarchies of version 1 that this process may write,
 * and in that of version 2 where those do not tell who is in a job. Thread-safe.
 */
final class Cgroups implements AutoCloseable {
  /** No job gets a group. */
  static final Cgroups NONE = new Cgroups(Map.of(), null, "");

  private static final Logger LOG = System.getLogger(Cgroups.class.getName());

  /** Those of version 1 that every job is in, and those that only limits bring. */
  private static final List<String> ALWAYS = List.of("pids", "cpuacct", "memory");

  private static final List<String> FOR_LIMITS = List.of("cpu", "blkio");

  /**
   * By controller of version 1, the group that this process is in; the same one for controllers
   * that are mounted together, as cpu and cpuacct are on most hosts.
   */
  private final Map<String, Path> homes;

  private final @Nullable UnifiedParent unified;
  private final String name;

  private Cgroups(Map<String, Path> homes, @Nullable UnifiedParent unified, String name) {
    this.homes = homes;
    this.unified = unified;
    this.name = name;
  }

  /** Makes this worker's groups, which are named after its data directory. */
  static Cgroups open(Path data) {
    return open(CgroupMounts.read(), name(data));
  }

  static Cgroups open(CgroupMounts mounts, String name) {
    Map<String, Path> homes = new LinkedHashMap<>();
    for (List<String> controllers : List.of(ALWAYS, FOR_LIMITS)) {
      for (String controller : controllers) {
        Path home = mounts.controllers().get(controller);
        if (home != null && isUsable(home, name)) {
          homes.put(controller, home);
        }
      }
    }
    Path own = mounts.unified();
    boolean needed = own != null && !homes.containsKey("pids");
    UnifiedParent unified =
        needed && own != null ? UnifiedParent.open(own, name).orElse(null) : null;
    LOG.log(Level.DEBUG, "cgroups: {0} and {1}", homes, unified);
    return new Cgroups(homes, unified, name);
  }

  static String name(Path data) {
    try {
      byte[] path = data.toAbsolutePath().normalize().toString().getBytes(StandardCharsets.UTF_8);
      byte[] hash = MessageDigest.getInstance("SHA-256").digest(path);
      return "orrery-" + HexFormat.of().formatHex(hash, 0, 6);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  private static boolean isUsable(Path home, String name) {
    File parent = home.resolve(name).toFile();
    return (parent.isDirectory() || parent.mkdir())
        && new File(parent, "tasks").canWrite()
        && home.resolve("tasks").toFile().canWrite();
  }

  /** The limits that can be held to here. */
  Set<LimitKind> enforceable() {
    Set<LimitKind> kinds = EnumSet.noneOf(LimitKind.class);
    add(kinds, LimitKind.MEMORY, has("memory"));
    add(kinds, LimitKind.PIDS, has("pids"));
    add(kinds, LimitKind.CPUS, has("cpu"));
    add(kinds, LimitKind.IO_READ, has("blkio") || hasUnified("io"));
    add(kinds, LimitKind.IO_WRITE, hasUnified("io"));
    return kinds;
  }

  private static void add(Set<LimitKind> kinds, LimitKind kind, boolean can) {
    if (can) {
      kinds.add(kind);
    }
  }

  private boolean has(String controller) {
    return homes.containsKey(controller) || hasUnified(controller);
  }

  private boolean hasUnified(String controller) {
    return unified != null && unified.controllers().contains(controller);
  }

  /**
   * Makes the groups of one attempt of a job, and writes its limits.
   *
   * @throws StartFailure when there are limits that cannot be written
   */
  JobGroup make(JobTerms terms, Confinement confinement) throws StartFailure {
    boolean limited = confinement.needsCgroup();
    try {
      JobGroup group = new JobGroup(directories(terms, limited));
      if (unified != null) {
        unified.makeAgain();
      }
      for (Path directory : group.directories().values()) {
        if (!directory.toFile().mkdirs() && !directory.toFile().isDirectory()) {
          group.remove();
          throw new IOException("cannot make the cgroup " + directory);
        }
      }
      if (limited) {
        new GroupLimits(group, confinement.limits()).writeBefore();
      }
      return group;
    } catch (IOException e) {
      if (limited) {
        throw new StartFailure(
            Errno.EINVAL.number(), "the limits cannot be set: " + e.getMessage());
      }
      LOG.log(Level.WARNING, "job {0} has no cgroup: {1}", terms.jobId(), e.getMessage());
      return JobGroup.NONE;
    }
  }

  /** The groups that {@link #make} made for an attempt, as far as they are there. */
  JobGroup find(JobTerms terms) {
    Map<String, Path> directories = directories(terms, true);
    directories.values().removeIf(directory -> !directory.toFile().isDirectory());
    return directories.isEmpty() ? JobGroup.NONE : new JobGroup(directories);
  }

  private Map<String, Path> directories(JobTerms terms, boolean all) {
    String job = terms.jobId() + "-" + terms.attempt();
    Map<String, Path> directories = new LinkedHashMap<>();
    homes.forEach(
        (controller, home) -> {
          if (all || ALWAYS.contains(controller)) {
            directories.put(controller, home.resolve(name).resolve(job));
          }
        });
    if (unified != null) {
      directories.put(JobGroup.UNIFIED, unified.directory().resolve(job));
    }
    return directories;
  }

  /**
   * Puts this thread into the groups of version 1, but for {@code except}.
   *
   * <p>It must never be in one with a limit of memory: what the kernel then refuses it ends the
   * whole process.
   */
  Entrance enter(JobGroup group, Set<String> except) throws PosixException {
    return new Entrance(group, onceEach(except));
  }

  /** Homes that are none of {@code except}, whatever controller they are named by. */
  private Map<String, Path> onceEach(Set<String> except) {
    Set<Path> seen = new HashSet<>();
    homes.forEach(
        (controller, home) -> {
          if (except.contains(controller)) {
            seen.add(home);
          }
        });
    Map<String, Path> each = new LinkedHashMap<>();
    homes.forEach(
        (controller, home) -> {
          if (seen.add(home)) {
            each.put(controller, home);
          }
        });
    return each;
  }

  /** Removes the groups that nobody is in, of jobs that have ended while no runner was there. */
  void sweep() {
    for (File parent : parents()) {
      File[] groups = parent.listFiles(File::isDirectory);
      for (File group : groups == null ? new File[0] : groups) {
        JobGroup.remove(group);
      }
    }
  }

  private List<File> parents() {
    List<File> parents =
        new java.util.ArrayList<>(
            homes.values().stream().distinct().map(home -> home.resolve(name).toFile()).toList());
    if (unified != null) {
      parents.add(unified.directory().toFile());
    }
    return parents;
  }

  /** Removes what has no groups of jobs any more. */
  @Override
  public void close() {
    for (File parent : parents()) {
      if (!parent.delete()) {
        LOG.log(Level.DEBUG, "{0} is in use", parent);
      }
    }
  }
}
