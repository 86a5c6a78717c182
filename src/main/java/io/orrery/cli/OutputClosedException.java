package io.orrery.cli;

import java.io.IOException;

/** Our own stdout or stderr takes no more: the reader is gone, or the disk is full. */
final class OutputClosedException extends RuntimeException {
  private static final long serialVersionUID = 1;

  OutputClosedException(IOException cause) {
    super(cause);
  }

  /** The reader of our pipe has left, as {@code head} does; nobody is to be told. */
  boolean isBrokenPipe() {
    return reason().contains("Broken pipe");
  }

  String reason() {
    Throwable cause = getCause();
    return cause == null ? "" : String.valueOf(cause.getMessage());
  }
}
