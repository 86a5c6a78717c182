package io.orrery.rpc;

import io.netty.handler.ssl.NotSslRecordException;
import java.nio.channels.ClosedChannelException;
import java.security.cert.CertificateExpiredException;
import java.security.cert.CertificateNotYetValidException;
import java.time.Duration;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Logs TLS handshakes that failed: one line a second at the most, which says how many were not
 * shown before it. It belongs to one context.
 */
final class RefusedHandshakes {
  private static final Logger LOG = LoggerFactory.getLogger(RefusedHandshakes.class);
  private static final Duration PAUSE = Duration.ofSeconds(1);
  private static final int MAX_CAUSE = 200;

  private final LongSupplier nanoTime;
  private boolean quiet;
  private long last;
  private long hidden;

  /**
   * Makes one that has logged nothing yet.
   *
   * @param nanoTime the monotonic clock, as {@link System#nanoTime}
   */
  RefusedHandshakes(LongSupplier nanoTime) {
    this.nanoTime = nanoTime;
  }

  /** A peer at this address has failed, or was refused. */
  void add(String address, Throwable failure) {
    if (failure instanceof ClosedChannelException) {
      LOG.debug("{} left before the end of its TLS handshake", address);
      return;
    }
    long now = nanoTime.getAsLong();
    if (quiet && now - last < PAUSE.toNanos()) {
      hidden++;
      return;
    }
    LOG.info(
        "TLS handshake with {} failed: {}{}",
        address,
        cause(failure),
        hidden == 0 ? "" : " (" + hidden + " more were not shown before it)");
    quiet = true;
    last = now;
    hidden = 0;
  }

  /** The first cause, without what the peer sent. */
  private static String cause(Throwable failure) {
    if (failure instanceof NotSslRecordException) {
      return "what it sent is not TLS";
    }
    Throwable first = failure;
    for (int depth = 0; first.getCause() != null && depth < 10; depth++) {
      first = first.getCause();
    }
    String message =
        switch (first) {
          case CertificateExpiredException _ ->
              "its certificate has expired: " + first.getMessage();
          case CertificateNotYetValidException _ ->
              "its certificate is not valid yet: " + first.getMessage();
          default -> String.valueOf(first.getMessage());
        };
    return message.substring(0, Math.min(MAX_CAUSE, message.length()));
  }
}
