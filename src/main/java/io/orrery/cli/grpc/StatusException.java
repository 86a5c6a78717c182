package io.orrery.cli.grpc;

/** A call that the server answered with an error: a gRPC status that is not OK. */
public final class StatusException extends Exception {
  private static final long serialVersionUID = 1;

  private final StatusCode code;
  private final transient byte[] details;

  public StatusException(StatusCode code, String message) {
    this(code, message, new byte[0]);
  }

  public StatusException(StatusCode code, String message, byte[] details) {
    super(message, null, false, false);
    this.code = code;
    this.details = details;
  }

  public StatusCode code() {
    return code;
  }

  /**
   * A serialized {@code google.rpc.Status} with what the server says beyond the message; may be
   * empty.
   */
  public byte[] details() {
    return details.clone();
  }

  @Override
  public String getMessage() {
    return String.valueOf(super.getMessage());
  }
}
