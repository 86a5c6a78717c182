package io.orrery.rpc;

import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.http2.Http2ConnectionHandler;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2RemoteFlowController;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.net.impl.ConnectionBase;

/**
 * Wakes the streams of an HTTP/2 connection that may write again and were not told. Vert.x 5.0
 * writes while Netty tells streams about a change, so that Netty's note of a stream and the truth
 * can part (eclipse-vertx/vert.x pull request 6359, not in 5.0.12): the stream then waits until its
 * next WINDOW_UPDATE, and with large windows for ever. So after each time that the channel can be
 * written to again, every stream is compared once more, when nothing else is going on. Then those
 * that wait for their turn have it.
 */
final class WritabilityRepair extends ChannelInboundHandlerAdapter {
  private final Http2ConnectionHandler http2;
  private final WriteTurns turns;
  private boolean scheduled;

  private WritabilityRepair(Http2ConnectionHandler http2, WriteTurns turns) {
    this.http2 = http2;
    this.turns = turns;
  }

  /** Watches over a connection for the rest of its life; does nothing for HTTP/1.1. */
  static void install(HttpConnection connection) {
    if (connection instanceof ConnectionBase base) {
      Channel channel = base.channel();
      Http2ConnectionHandler http2 = channel.pipeline().get(Http2ConnectionHandler.class);
      if (http2 != null) {
        channel.pipeline().addLast(new WritabilityRepair(http2, WriteTurns.of(channel)));
      }
    }
  }

  @Override
  public void channelWritabilityChanged(ChannelHandlerContext context) {
    if (context.channel().isWritable() && !scheduled) {
      scheduled = true;
      context.executor().execute(this::compare);
    }
    context.fireChannelWritabilityChanged();
  }

  private void compare() {
    scheduled = false;
    Http2RemoteFlowController flow = http2.encoder().flowController();
    try {
      http2
          .connection()
          .forEachActiveStream(
              stream -> {
                flow.incrementWindowSize(stream, 0); // by nothing: this only compares
                return true;
              });
    } catch (Http2Exception e) {
      throw new IllegalStateException("a window cannot overflow by 0", e);
    }
    turns.schedule();
  }
}
