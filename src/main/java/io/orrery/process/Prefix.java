package io.orrery.process;

import io.orrery.job.LimitKind;
import io.orrery.job.Limits;
import io.orrery.posix.Errno;
import io.orrery.posix.PosixException;
import io.orrery.posix.Users;
import io.orrery.posix.Users.User;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The programs that run one after the other in the job's process before the job's own does, each
 * setting up something and executing the next (util-linux's prlimit(1) and setpriv(1), nice(1)).
 */
final class Prefix {
  private static final List<String> PLACES = List.of("/usr/bin", "/bin", "/usr/sbin", "/sbin");
  private static final String ENTER = "echo 0 >\"$0\" && exec \"$@\"";

  private final List<String> words = new ArrayList<>();

  private Prefix() {}

  /** What can be asked for on this host. */
  static Set<LimitKind> enforceable() {
    Set<LimitKind> kinds = EnumSet.noneOf(LimitKind.class);
    if (find("prlimit").isPresent()) {
      kinds.add(LimitKind.OPEN_FILES);
      kinds.add(LimitKind.FILE_SIZE);
    }
    if (find("nice").isPresent()) {
      kinds.add(LimitKind.NICE);
    }
    if (find("setpriv").isPresent()) {
      kinds.add(LimitKind.NO_NEW_PRIVILEGES);
      if (isRoot()) {
        kinds.add(LimitKind.RUN_AS);
      }
    }
    return kinds;
  }

  /** Whether this process may do what is for root only. */
  static boolean isRoot() {
    try {
      return Users.geteuid() == 0;
    } catch (PosixException e) {
      return false;
    }
  }

  /**
   * The words before those of the job; none where nothing is asked for.
   *
   * @param door the file through which the process enters its cgroup, where it must by itself
   */
  static List<String> of(Confinement confinement, @Nullable Path door) throws StartFailure {
    Prefix prefix = new Prefix();
    if (door != null) {
      prefix.add("sh", "-c", ENTER, door.toString());
    }
    Limits limits = confinement.limits();
    if (limits.nice() < 0 && !isRoot()) {
      throw new StartFailure(
          Errno.EPERM.number(), "nice " + limits.nice() + " is for a worker that runs as root");
    }
    if (limits.nice() != 0) {
      prefix.add("nice", "-n", Integer.toString(limits.nice()));
    }
    if (limits.openFiles() != 0 || limits.fileSizeBytes() != 0) {
      prefix.resources(limits);
    }
    if (limits.noNewPrivileges() || !confinement.user().isEmpty()) {
      prefix.privileges(confinement);
    }
    return prefix.words;
  }

  /** The words that make a process one of another user. */
  static List<String> as(User user) throws StartFailure {
    Prefix prefix = new Prefix();
    prefix.add("setpriv");
    prefix.become(user);
    prefix.words.add("--");
    return prefix.words;
  }

  private void resources(Limits limits) throws StartFailure {
    add("prlimit");
    if (limits.openFiles() != 0) {
      HardLimit.check("Max open files", limits.openFiles());
      words.add("--nofile=" + limits.openFiles());
    }
    if (limits.fileSizeBytes() != 0) {
      HardLimit.check("Max file size", limits.fileSizeBytes());
      words.add("--fsize=" + limits.fileSizeBytes());
    }
  }

  private void privileges(Confinement confinement) throws StartFailure {
    add("setpriv");
    if (!confinement.user().isEmpty()) {
      become(user(confinement.user()));
    }
    if (confinement.limits().noNewPrivileges()) {
      words.add("--no-new-privs");
    }
    words.add("--");
  }

  private void become(User user) {
    words.add("--reuid=" + Integer.toUnsignedString(user.uid()));
    words.add("--regid=" + Integer.toUnsignedString(user.gid()));
    words.add("--init-groups");
    words.add("--inh-caps=-all");
  }

  /** The user of a name or number. */
  static User user(String name) throws StartFailure {
    try {
      return JobUser.entry(name)
          .orElseThrow(
              () ->
                  new StartFailure(Errno.EINVAL.number(), "there is no user '" + name + "' here"));
    } catch (PosixException e) {
      throw new StartFailure("the user '" + name + "'", e);
    }
  }

  private void add(String program, String... arguments) throws StartFailure {
    Path found =
        find(program)
            .orElseThrow(
                () ->
                    new StartFailure(
                        Errno.ENOENT.number(),
                        "the program " + program + " is needed to hold the job to its limits"));
    words.add(found.toString());
    words.addAll(List.of(arguments));
  }

  static Optional<Path> find(String program) {
    return PLACES.stream()
        .map(place -> Path.of(place, program))
        .filter(Files::isExecutable)
        .findFirst();
  }
}
