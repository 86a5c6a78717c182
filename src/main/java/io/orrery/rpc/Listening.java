package io.orrery.rpc;

import io.vertx.core.Future;
import io.vertx.core.http.Http2Settings;
import io.vertx.core.http.HttpServerOptions;
import java.io.IOException;
import java.util.concurrent.TimeUnit;

/** How our servers listen: TLS as they were given it, windows, and the eye on handshakes. */
final class Listening {
  private static final int WINDOW_BYTES = 4 << 20;
  private static final int MAX_STREAMS = 1000;
  private static final int RESETS_A_WINDOW =
      2000; // in 30 s: a scheduler may lose many readers at once
  private static final int IDLE_SECONDS = 60; // pings come more often: only the dead are idle

  private Listening() {}

  static HttpServerOptions options(RpcServerOptions options) {
    Http2Settings settings =
        new Http2Settings().setInitialWindowSize(WINDOW_BYTES).setMaxConcurrentStreams(MAX_STREAMS);
    RefusedHandshakes refused = new RefusedHandshakes(System::nanoTime);
    return new HttpServerOptions(options.tls())
        .setSslEngineOptions(new WatchedEngine(options.tls().getSslEngineOptions(), refused))
        .setHost(options.host())
        .setPort(options.port())
        .setInitialSettings(settings)
        .setHttp2ConnectionWindowSize(WINDOW_BYTES)
        .setHttp2RstFloodMaxRstFramePerWindow(RESETS_A_WINDOW)
        .setIdleTimeout(IDLE_SECONDS)
        .setIdleTimeoutUnit(TimeUnit.SECONDS)
        .setTcpKeepAlive(true);
  }

  static String address(String host, int port) {
    return (host.contains(":") ? "[" + host + "]" : host) + ":" + port;
  }

  static <T> Future<T> failed(String host, int port, Throwable failure) {
    String message = "cannot listen on " + address(host, port) + ": " + failure.getMessage();
    return Future.failedFuture(new IOException(message, failure));
  }
}
