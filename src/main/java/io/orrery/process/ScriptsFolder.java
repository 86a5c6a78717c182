package io.orrery.process;

import io.orrery.posix.Descriptors;
import io.orrery.posix.Errno;
import io.orrery.posix.PosixException;
import io.orrery.process.ScriptLookup.Found;
import io.orrery.process.ScriptLookup.NotAllowed;
import io.orrery.process.ScriptLookup.NotFound;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;

/**
 * The folder whose files jobs may name by a relative path, and that no path leads out of: neither
 * {@code ..} nor a symbolic link.
 */
public final class ScriptsFolder {
  private final Path folder;

  public ScriptsFolder(Path folder) {
    this.folder = folder;
  }

  /** Resolves a request's path. Blocks for a few system calls. */
  public ScriptLookup resolve(String path) {
    if (path.isEmpty()) {
      return new NotAllowed("the script's path is empty");
    }
    if (path.indexOf('\0') >= 0) {
      return new NotAllowed("the script's path contains a NUL");
    }
    if (path.startsWith("/")) {
      return new NotAllowed("'" + path + "' is absolute; give it relative to the scripts folder");
    }
    if (List.of(path.split("/")).contains("..")) {
      return new NotAllowed("'" + path + "' contains '..'");
    }
    try {
      return beneath(path);
    } catch (PosixException e) {
      return refusal(path, e);
    } catch (NoSuchFileException e) {
      return new NotFound("no script '" + path + "' in the scripts folder");
    } catch (IOException | InvalidPathException e) {
      return new NotAllowed("'" + path + "' cannot be resolved: " + e.getMessage());
    }
  }

  private static ScriptLookup refusal(String path, PosixException e) {
    if (e.is(Errno.ENOENT) || e.is(Errno.ENOTDIR)) {
      return new NotFound("no script '" + path + "' in the scripts folder");
    }
    if (e.is(Errno.EXDEV)) {
      return outside(path);
    }
    return new NotAllowed("'" + path + "' cannot be opened: " + Errno.message(e.errno()));
  }

  private static ScriptLookup outside(String path) {
    return new NotAllowed("'" + path + "' leads out of the scripts folder");
  }

  private ScriptLookup beneath(String path) throws IOException {
    try (OpenFiles files = new OpenFiles()) {
      int directory =
          files.open(folder.toString(), Descriptors.O_PATH | Descriptors.O_DIRECTORY, 0);
      try {
        int file = files.openBeneath(directory, path);
        return opened(path, Path.of("/proc/self/fd/" + file));
      } catch (PosixException e) {
        if (e.is(Errno.ENOSYS) || e.is(Errno.EPERM)) {
          return byRealPath(path);
        }
        throw e;
      }
    }
  }

  /**
   * The file behind a descriptor, by the path that it was opened at: looking that path up again
   * would follow a link that was put there meanwhile.
   */
  private static ScriptLookup opened(String path, Path descriptor) throws IOException {
    if (!Files.isRegularFile(descriptor)) {
      return notRegular(path);
    }
    Path real = Files.readSymbolicLink(descriptor);
    if (Files.notExists(real, LinkOption.NOFOLLOW_LINKS)) {
      throw new NoSuchFileException(path); // removed meanwhile, which the kernel adds to its name
    }
    return new Found(real);
  }

  /** Where openat2 is missing or forbidden: Linux before 5.6, some containers. */
  ScriptLookup byRealPath(String path) throws IOException {
    Path real = folder.resolve(path).toRealPath();
    return real.startsWith(folder.toRealPath()) ? regular(path, real) : outside(path);
  }

  private static ScriptLookup regular(String path, Path real) {
    return Files.isRegularFile(real, LinkOption.NOFOLLOW_LINKS)
        ? new Found(real)
        : notRegular(path);
  }

  private static ScriptLookup notRegular(String path) {
    return new NotAllowed("'" + path + "' is not a regular file");
  }
}
