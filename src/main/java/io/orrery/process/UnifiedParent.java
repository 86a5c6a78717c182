package io.orrery.process;

import io.orrery.posix.Errno;
import io.orrery.posix.PosixException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The directory of a worker's groups in the unified hierarchy, and the controllers that they have.
 *
 * @see <a href="https://docs.kernel.org/admin-guide/cgroup-v2.html">cgroup-v2</a>
 */
record UnifiedParent(Path directory, Set<String> controllers) {
  /**
   * Where our own processes go when the group that was delegated to us gets controllers: then it
   * may have no processes itself.
   */
  static final String MAIN = "orrery-main";

  private static final Set<String> WANTED = Set.of("memory", "pids", "cpu", "io");

  /**
   * Makes it in the group that this process is in or, where that brings no controllers and we may,
   * at the top. Empty where nothing of it is ours to write.
   */
  static Optional<UnifiedParent> open(Path own, String name) {
    Path above = own.getParent();
    Path home = above != null && String.valueOf(own.getFileName()).equals(MAIN) ? above : own;
    Path top = home;
    for (Path up = home.getParent(); up != null && isGroup(up); up = up.getParent()) {
      top = up;
    }
    List<UnifiedParent> found = new ArrayList<>();
    for (Path base : home.equals(top) ? List.of(home) : List.of(home, top)) {
      Set<String> wanted = words(base.resolve("cgroup.controllers"));
      wanted.retainAll(WANTED);
      Optional<UnifiedParent> made = make(base, name, wanted);
      if (made.isPresent() && made.get().controllers.containsAll(wanted)) {
        return made;
      }
      made.ifPresent(found::add);
    }
    return found.stream().findFirst();
  }

  private static boolean isGroup(Path directory) {
    return directory.resolve("cgroup.procs").toFile().exists();
  }

  private static Optional<UnifiedParent> make(Path base, String name, Set<String> wanted) {
    Path directory = base.resolve(name);
    boolean there = directory.toFile().isDirectory() || directory.toFile().mkdir();
    // To move a process takes the right to write to the group above both places.
    if (!there || !base.resolve("cgroup.procs").toFile().canWrite()) {
      return Optional.empty();
    }
    Set<String> enabled = words(base.resolve("cgroup.subtree_control"));
    if (!enabled.containsAll(wanted) && enable(base, wanted)) {
      enabled.addAll(wanted);
    }
    enabled.retainAll(wanted);
    return Optional.of(
        new UnifiedParent(directory, enable(directory, enabled) ? enabled : Set.of()));
  }

  /** A runner that ends removes it, also where another has just begun. */
  void makeAgain() {
    if (!directory.toFile().isDirectory() && directory.toFile().mkdir()) {
      enable(directory, controllers);
    }
  }

  private static boolean enable(Path group, Set<String> controllers) {
    if (controllers.isEmpty()) {
      return true;
    }
    String words = controllers.stream().map(each -> "+" + each).collect(Collectors.joining(" "));
    Path file = group.resolve("cgroup.subtree_control");
    try {
      CgroupFile.write(file, words);
      return true;
    } catch (PosixException e) {
      if (!e.is(Errno.EBUSY) || !isOurs(group)) {
        return false;
      }
    }
    try {
      moveDown(group);
      CgroupFile.write(file, words);
      return true;
    } catch (PosixException e) {
      return false;
    }
  }

  private static void moveDown(Path group) throws PosixException {
    Path main = group.resolve(MAIN);
    if (!main.toFile().isDirectory() && !main.toFile().mkdir()) {
      return;
    }
    for (int pid : CgroupFile.numbers(group.resolve("cgroup.procs"))) {
      CgroupFile.write(main.resolve("cgroup.procs"), Integer.toString(pid));
    }
  }

  /** Whether only the worker and what it started is there: a service of its own, not a login. */
  private static boolean isOurs(Path group) {
    ProcessHandle self = ProcessHandle.current();
    Set<Long> ours =
        Stream.concat(Stream.of(self), self.parent().stream())
            .flatMap(process -> Stream.concat(Stream.of(process), process.descendants()))
            .map(ProcessHandle::pid)
            .collect(Collectors.toSet());
    for (int pid : CgroupFile.numbers(group.resolve("cgroup.procs"))) {
      if (!ours.contains((long) pid)) {
        return false;
      }
    }
    return true;
  }

  private static Set<String> words(Path file) {
    Set<String> words = new TreeSet<>(List.of(CgroupFile.text(file).strip().split("\\s+")));
    words.remove("");
    return words;
  }
}
