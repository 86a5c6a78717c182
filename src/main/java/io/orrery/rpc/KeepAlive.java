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

/**
 * Pings an HTTP/2 connection of which nothing was heard for an interval, and closes it when two
 * pings in a row were not answered: a peer that vanished without a word is noticed within four
 * intervals. A peer that speaks is alive, so that a connection in use costs no pings. Lives on the
 * connection's context.
 */
final class KeepAlive extends ChannelInboundHandlerAdapter {
  static final Duration INTERVAL = Duration.ofSeconds(10);
  private static final int MAX_MISSED = 2;
  private static final Buffer PAYLOAD = Buffer.buffer(new byte[8]);

  private final HttpConnection connection;
  private boolean heard;
  private int missed;

  private KeepAlive(HttpConnection connection) {
    this.connection = connection;
  }

  /** Begins; what it returns stops it, and must be run when the connection is closed. */
  static Runnable begin(Vertx vertx, HttpConnection connection, Duration interval) {
    KeepAlive keepAlive = new KeepAlive(connection);
    keepAlive.listen();
    long timer = vertx.setPeriodic(interval.toMillis(), _ -> keepAlive.look());
    return () -> vertx.cancelTimer(timer);
  }

  /** In front of the codec, which passes nothing on. */
  private void listen() {
    if (connection instanceof ConnectionBase base) {
      ChannelPipeline pipeline = base.channel().pipeline();
      ChannelHandlerContext http2 = pipeline.context(Http2ConnectionHandler.class);
      if (http2 != null) {
        pipeline.addBefore(http2.name(), null, this);
      }
    }
  }

  /** Something has come, even if it was no more than the answer to a ping. */
  @Override
  public void channelReadComplete(ChannelHandlerContext context) {
    heard = true;
    context.fireChannelReadComplete();
  }

  private void look() {
    if (heard) {
      heard = false;
      missed = 0;
    } else if (missed >= MAX_MISSED) {
      connection.close();
    } else {
      ping();
    }
  }

  private void ping() {
    missed++;
    try {
      connection.ping(PAYLOAD.copy()).onSuccess(_ -> missed = 0);
    } catch (UnsupportedOperationException _) {
      connection.close(); // HTTP/1.1, which had its 415 long ago
    }
  }
}
