package io.orrery.process;

import static io.orrery.posix.Errno.EACCES;
import static io.orrery.posix.Errno.ENOENT;

import io.orrery.posix.Descriptors;
import io.orrery.posix.Errno;
import java.util.Map;

/**
 * Finds a command as execvp(3) does, but in the child's PATH and from the child's directory.
 *
 * @see <a href="https://man7.org/linux/man-pages/man3/exec.3.html">exec(3)</a>
 */
final class CommandLookup {
  /** What execvp searches when there is no PATH. */
  private static final String DEFAULT_PATH = "/bin:/usr/bin";

  private static final int F_OK = 0;

  private final int directory;

  /** Relative paths start from {@code directory}, a descriptor of one. */
  CommandLookup(int directory) {
    this.directory = directory;
  }

  /** The path to execute; with a slash in it, the command is one already. */
  String find(String command, String path) throws StartFailure {
    if (command.indexOf('/') >= 0) {
      return command;
    }
    if (command.isEmpty()) {
      throw new StartFailure(ENOENT.number(), "the command is empty");
    }
    boolean denied = false;
    for (String entry : path.split(":", -1)) {
      String candidate = (entry.isEmpty() ? "." : entry) + "/" + command;
      int error = check(candidate);
      if (error == 0) {
        return candidate;
      }
      denied |= error == EACCES.number();
    }
    throw denied
        ? new StartFailure(EACCES.number(), command + ": found in PATH, but not executable")
        : new StartFailure(ENOENT.number(), command + ": not found in PATH " + path);
  }

  static String pathOf(Map<String, String> environment) {
    return environment.getOrDefault("PATH", DEFAULT_PATH);
  }

  /** 0, or the errno that executing it would give. */
  int check(String candidate) {
    int error = access(candidate, Descriptors.X_OK);
    boolean isDirectory = error == 0 && access(candidate + "/", F_OK) == 0;
    return isDirectory ? EACCES.number() : error;
  }

  private int access(String path, int how) {
    return Descriptors.faccessat(directory, path, how);
  }

  /** Whether the file is there, though executing it said ENOENT: then its interpreter is not. */
  boolean exists(String path) {
    return access(path, F_OK) != Errno.ENOENT.number();
  }
}
