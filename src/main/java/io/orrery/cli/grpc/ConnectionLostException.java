package io.orrery.cli.grpc;

import java.io.EOFException;
import java.io.IOException;

/** A call that was cut: whether the server did what it was asked is unknown. */
public final class ConnectionLostException extends IOException {
  private static final long serialVersionUID = 1;

  public ConnectionLostException(String message) {
    super(message);
  }

  ConnectionLostException(Exception cause) {
    super(cause instanceof EOFException ? "the server closed the connection" : text(cause), cause);
  }

  private static String text(Exception cause) {
    return cause.getMessage() == null ? cause.toString() : cause.getMessage();
  }
}
