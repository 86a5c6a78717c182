package io.orrery.posix;

import java.io.IOException;

/** A C function failed: which one, with which errno, and on what. */
public final class PosixException extends IOException {
  private static final long serialVersionUID = 1;

  private final String call;
  private final int errno;
  private final String subject;

  PosixException(String call, int errno) {
    this(call, errno, "");
  }

  PosixException(String call, int errno, String subject) {
    this.call = call;
    this.errno = errno;
    this.subject = subject;
  }

  /** Made when it is asked for: many of these say something that was to be expected. */
  @Override
  public String getMessage() {
    return call
        + (subject.isEmpty() ? "" : " " + subject)
        + ": "
        + Errno.message(errno)
        + " ("
        + Errno.nameOf(errno)
        + ")";
  }

  /** The function's name in C. */
  public String call() {
    return call;
  }

  /** The error's number on Linux. */
  public int errno() {
    return errno;
  }

  /** The error's name, as {@code ENOENT}. */
  public String errnoName() {
    return Errno.nameOf(errno);
  }

  /** Whether the failure is this one. */
  public boolean is(Errno error) {
    return errno == error.number();
  }
}
