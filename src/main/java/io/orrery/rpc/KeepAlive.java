package io.orrery.rpc;

import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpConnection;
import java.time.Duration;

/**
 * Pings an HTTP/2 connection and closes it when two pings in a row were not answered: a peer that
 * vanished without a word is noticed within three intervals. Lives on the connection's context.
 */
final class KeepAlive {
  static final Duration INTERVAL = Duration.ofSeconds(10);
  private static final int MAX_MISSED = 2;
  private static final Buffer PAYLOAD = Buffer.buffer(new byte[8]);

  private final HttpConnection connection;
  private int missed;

  private KeepAlive(HttpConnection connection) {
    this.connection = connection;
  }

  /** Begins; what it returns stops it, and must be run when the connection is closed. */
  static Runnable begin(Vertx vertx, HttpConnection connection, Duration interval) {
    KeepAlive keepAlive = new KeepAlive(connection);
    long timer = vertx.setPeriodic(interval.toMillis(), _ -> keepAlive.ping());
    return () -> vertx.cancelTimer(timer);
  }

  private void ping() {
    if (missed >= MAX_MISSED) {
      connection.close();
      return;
    }
    missed++;
    try {
      connection.ping(PAYLOAD.copy()).onSuccess(_ -> missed = 0);
    } catch (UnsupportedOperationException _) {
      connection.close(); // HTTP/1.1, which had its 415 long ago
    }
  }
}
