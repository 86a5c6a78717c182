package io.orrery.process;

import io.orrery.posix.Errno;
import io.orrery.posix.PosixException;

/**
 * A job could not be started, and no process of it exists. ENOENT: the command, the script's
 * interpreter or the working directory does not exist; EACCES: it may not be executed; ENOEXEC: a
 * script without {@code #!}; ETXTBSY: somebody is writing it; E2BIG: arguments and environment are
 * too long; EINVAL: a string that cannot be passed.
 */
public final class StartFailure extends Exception {
  private static final long serialVersionUID = 1;

  private final int errno;

  StartFailure(int errno, String message) {
    super(message + " (" + Errno.nameOf(errno) + ")");
    this.errno = errno;
  }

  StartFailure(String what, PosixException cause) {
    super("%s: %s (%s)".formatted(what, Errno.message(cause.errno()), cause.errnoName()), cause);
    this.errno = cause.errno();
  }

  /** The same failure as another runner told it. */
  static StartFailure of(int errno, String message) {
    return new StartFailure(message, errno);
  }

  /** It hung, and nobody waits for it any more. */
  static StartFailure tooLate() {
    return new StartFailure(Errno.ETIMEDOUT.number(), "the start was given up, as it hung");
  }

  private StartFailure(String message, int errno) {
    super(message);
    this.errno = errno;
  }

  /** The number of the error on Linux. */
  public int errno() {
    return errno;
  }

  /** The name of the error, as {@code ENOENT}. */
  public String errnoName() {
    return Errno.nameOf(errno);
  }
}
