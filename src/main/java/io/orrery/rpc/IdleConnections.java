package io.orrery.rpc;

import io.vertx.core.Vertx;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.http.HttpServerRequest;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Closes connections of HTTP/1.1 that have no whole request head for a while. One with a request in
 * work stays, however quiet: its job may be. May be used from several event loops.
 */
final class IdleConnections {
  private final Vertx vertx;
  private final Duration patience;
  private final Map<HttpConnection, Idle> connections = new ConcurrentHashMap<>();

  IdleConnections(Vertx vertx, Duration patience) {
    this.vertx = vertx;
    this.patience = patience;
  }

  /** One connection, on its context. */
  private final class Idle {
    private final HttpConnection connection;
    private int requests;
    private long timer;

    Idle(HttpConnection connection) {
      this.connection = connection;
      await();
    }

    void await() {
      timer = vertx.setTimer(patience.toMillis(), _ -> connection.close());
    }

    void enter() {
      vertx.cancelTimer(timer);
      requests++;
    }

    void leave() {
      requests--;
      if (requests == 0 && connections.containsKey(connection)) {
        await();
      }
    }
  }

  /** Watches over a connection; what is returned is to be run when it is closed. */
  Runnable begin(HttpConnection connection) {
    Idle idle = new Idle(connection);
    connections.put(connection, idle);
    return () -> {
      connections.remove(connection);
      vertx.cancelTimer(idle.timer);
    };
  }

  /** The connection has a request until the response has ended. */
  void busy(HttpServerRequest request) {
    Idle idle = connections.get(request.connection());
    if (idle != null) {
      idle.enter();
      request.response().endHandler(_ -> idle.leave());
    }
  }
}
