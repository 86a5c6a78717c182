package io.orrery.rpc;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelPipeline;
import io.netty.handler.codec.http2.Http2ConnectionHandler;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.net.impl.ConnectionBase;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Pings an HTTP/2 connection of which nothing was heard for an interval, and closes it when nothing
 * was heard for two and a half, and not because we were stopped ourselves: a peer that vanished
 * without a word is noticed before a call gives up that waits for it (30 s). A peer that speaks is
 * alive, so that a connection in use costs no pings; and where no call waits for a peer there is
 * time, so that thousands of workers that beat now and then cost none either. Lives on the
 * connection's context.
 */
final class KeepAlive extends ChannelInboundHandlerAdapter {
  static final Duration INTERVAL = Duration.ofSeconds(10);
  private static final int LEAST_MISSED = 2;

  /** Intervals; below the minute after which a connection counts as idle. */
  private static final int PATIENCE_WITHOUT_CALLS = 4;

  private static final Buffer PAYLOAD = Buffer.buffer(new byte[8]);

  private final Vertx vertx;
  private final HttpConnection connection;
  private final long interval;
  private @Nullable Http2ConnectionHandler http2;
  private long heard = System.nanoTime();
  private int missed;
  private long timer;

  private KeepAlive(Vertx vertx, HttpConnection connection, Duration interval) {
    this.vertx = vertx;
    this.connection = connection;
    this.interval = interval.toNanos();
  }

  /** Begins; what it returns stops it, and must be run when the connection is closed. */
  static Runnable begin(Vertx vertx, HttpConnection connection, Duration interval) {
    KeepAlive keepAlive = new KeepAlive(vertx, connection, interval);
    keepAlive.listen();
    keepAlive.lookIn(keepAlive.interval);
    return () -> vertx.cancelTimer(keepAlive.timer);
  }

  /** In front of the codec, which passes nothing on. */
  private void listen() {
    if (connection instanceof ConnectionBase base) {
      ChannelPipeline pipeline = base.channel().pipeline();
      ChannelHandlerContext codec = pipeline.context(Http2ConnectionHandler.class);
      if (codec != null) {
        http2 = (Http2ConnectionHandler) codec.handler();
        pipeline.addBefore(codec.name(), null, this);
      }
    }
  }

  /** Something has come, even if it was no more than the answer to a ping. */
  @Override
  public void channelReadComplete(ChannelHandlerContext context) {
    heard = System.nanoTime();
    missed = 0;
    context.fireChannelReadComplete();
  }

  private void lookIn(long nanos) {
    timer = vertx.setTimer(1 + TimeUnit.NANOSECONDS.toMillis(nanos), _ -> look());
  }

  private void look() {
    long silence = System.nanoTime() - heard;
    if (silence < interval) {
      lookIn(interval - silence);
    } else if (silence < interval * PATIENCE_WITHOUT_CALLS && !hasCalls()) {
      lookIn(interval);
    } else if (silence >= interval / 2 * 5 && missed >= LEAST_MISSED) {
      connection.close();
    } else {
      lookIn(interval / 2); // before the ping, which may find the connection closed
      ping();
    }
  }

  private boolean hasCalls() {
    return http2 == null || http2.connection().numActiveStreams() > 0;
  }

  private void ping() {
    missed++;
    try {
      var unused = connection.ping(PAYLOAD.copy());
    } catch (UnsupportedOperationException _) {
      connection.close(); // HTTP/1.1, which had its 415 long ago
    }
  }
}
