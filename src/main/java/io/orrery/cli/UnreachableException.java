package io.orrery.cli;

import io.orrery.config.HostPort;
import java.io.IOException;
import java.net.ConnectException;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import javax.net.ssl.SSLException;

/** No server could be reached; the message says why for each, and what to do. */
final class UnreachableException extends IOException {
  private static final long serialVersionUID = 1;

  private final StringBuilder reasons = new StringBuilder();
  private boolean trusted = true;

  void add(HostPort server, IOException cause) {
    reasons.append(reasons.isEmpty() ? "" : "; ").append("cannot reach ").append(server);
    reasons.append(": ").append(reason(cause));
    trusted &= !(cause instanceof SSLException);
    addSuppressed(cause);
  }

  /** Whether waiting may help: not when the certificates do not fit. */
  boolean isTemporary() {
    return trusted;
  }

  private static String reason(IOException cause) {
    return switch (cause) {
      case UnknownHostException _ -> "no such host name";
      case SocketTimeoutException _ -> "no answer in time";
      case SSLException tls -> CertificateTrouble.explain(tls);
      case ConnectException refused -> String.valueOf(refused.getMessage());
      default -> String.valueOf(cause.getMessage());
    };
  }

  @Override
  public String getMessage() {
    return reasons
        + (trusted
            ? "; is a scheduler running there (`orrery scheduler`), is --server right?"
            : "");
  }
}
