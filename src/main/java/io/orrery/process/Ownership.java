package io.orrery.process;

import io.orrery.posix.Users.User;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Gives another user what of a job's directory the job works in and writes to. */
final class Ownership {
  private Ownership() {}

  /** The directories above stay closed to the user: it comes to these by descriptors only. */
  static void give(Launch launch, Wiring wiring, User user) throws StartFailure {
    try {
      if (launch.isAtHome()) {
        give(launch.workingDirectory(), user);
      }
      for (Path written : wiring.written(launch)) {
        give(written, user);
      }
    } catch (IOException e) {
      throw new StartFailure(
          io.orrery.posix.Errno.EPERM.number(),
          "the job's files cannot be given to " + user.name() + ": " + e.getMessage());
    }
  }

  private static void give(Path file, User user) throws IOException {
    Files.setAttribute(file, "unix:uid", user.uid());
    Files.setAttribute(file, "unix:gid", user.gid());
  }
}
