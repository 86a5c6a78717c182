package io.orrery.process;

import static io.orrery.posix.Descriptors.O_RDONLY;

import io.orrery.posix.Descriptors;
import io.orrery.posix.Errno;
import io.orrery.posix.FileAction;
import io.orrery.posix.PosixException;
import io.orrery.posix.Spawn;
import io.orrery.posix.Users.User;
import io.orrery.posix.Waiting;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Says before a {@link Prefix} is started what executing the job's program would say, as a prefix
 * tells of it only by an exit code, and runs a script without {@code #!} by a shell.
 */
final class ProgramCheck {
  private static final int ENOUGH = 256;

  private final int directory;
  private final CommandLookup lookup;
  private final StrayReaper.Spawning spawning;

  /** Relative paths start from {@code directory}, a descriptor of one. */
  ProgramCheck(int directory, CommandLookup lookup, StrayReaper.Spawning spawning) {
    this.directory = directory;
    this.lookup = lookup;
    this.spawning = spawning;
  }

  void check(String program) throws StartFailure {
    if (!lookup.exists(program)) {
      throw new StartFailure(Errno.ENOENT.number(), program + ": not found");
    }
    int denied = lookup.check(program);
    if (denied != 0) {
      throw new StartFailure(denied, program + ": may not be executed");
    }
    byte[] start = start(program);
    String text = new String(start, StandardCharsets.ISO_8859_1);
    if (text.startsWith("#!")) {
      String interpreter = text.substring(2).split("\n", -1)[0].strip().split("\\s+", -1)[0];
      if (!lookup.exists(interpreter)) {
        throw new StartFailure(
            Errno.ENOENT.number(),
            program + ": the interpreter that the file names does not exist");
      }
    } else if (!text.startsWith("\u007fELF")) {
      throw new StartFailure(
          Errno.ENOEXEC.number(),
          program + ": neither a program of this machine nor a script with #!");
    }
  }

  /** A program that we may execute but not read is not looked into. */
  private byte[] start(String program) {
    try {
      int file = Descriptors.openat2(directory, program, O_RDONLY, 0);
      try {
        return Descriptors.read(file, ENOUGH);
      } finally {
        Descriptors.close(file);
      }
    } catch (PosixException e) {
      return "\u007fELF".getBytes(StandardCharsets.ISO_8859_1);
    }
  }

  /** Asks in the name of the user, as only the kernel knows all that decides it. */
  void check(String program, User user) throws StartFailure {
    if (!mayExecute(program, user)) {
      throw new StartFailure(
          Errno.EACCES.number(), program + ": the user " + user.name() + " may not execute it");
    }
  }

  /** The job would be put into it by a descriptor that the user could not have opened. */
  void checkDirectory(Path path, User user) throws StartFailure {
    if (!mayExecute(path.toString(), user)) {
      throw new StartFailure(
          Errno.EACCES.number(),
          "working directory " + path + ": the user " + user.name() + " may not enter it");
    }
  }

  private boolean mayExecute(String path, User user) throws StartFailure {
    List<String> question = new ArrayList<>(Prefix.as(user));
    question.addAll(List.of("/usr/bin/test", "-x", path));
    spawning.begin();
    try {
      int pid =
          Spawn.posix_spawn(
              question.getFirst(),
              List.of(new FileAction.Fchdir(directory), new FileAction.CloseFrom(0)),
              question,
              List.of("PATH=/usr/bin:/bin"));
      return Waiting.wait4(pid, 0).map(status -> status.status() == 0).orElse(false);
    } catch (PosixException e) {
      throw new StartFailure("asking in the name of " + user.name(), e);
    }
  }
}
