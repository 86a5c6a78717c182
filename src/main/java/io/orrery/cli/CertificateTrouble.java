package io.orrery.cli;

import java.io.IOException;
import java.util.Locale;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/** Says in a sentence why two parties do not trust each other. */
final class CertificateTrouble {
  private CertificateTrouble() {}

  /** The failure of TLS behind a lost connection, or null where there is none. */
  static @Nullable SSLException behind(IOException lost) {
    for (Throwable cause = lost; cause != null; cause = cause.getCause()) {
      if (cause instanceof SSLException tls && isAlert(tls)) {
        return tls;
      }
    }
    return null;
  }

  private static boolean isAlert(SSLException tls) {
    return text(tls).contains("fatal alert");
  }

  static String explain(SSLException tls) {
    String text = text(tls);
    if (text.contains("fatal alert")) {
      return "the server refuses your certificate ("
          + tls.getMessage()
          + "); is it made by the"
          + " server's authority, and not expired or revoked?";
    }
    if (text.contains("no subject alternative") || text.contains("no name matching")) {
      return "the server's certificate is not for this name ("
          + tls.getMessage()
          + "); issue one"
          + " with --host, or use a name that it has";
    }
    if (text.contains("path") || text.contains("trust")) {
      return "the server's certificate is not made by the authority of your --ca ("
          + tls.getMessage()
          + ")";
    }
    return "no TLS 1.3 with it: " + tls.getMessage();
  }

  private static String text(SSLException tls) {
    return String.valueOf(tls.getMessage()).toLowerCase(Locale.ROOT);
  }
}
