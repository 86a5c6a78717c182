package io.orrery.rpc;

import io.netty.handler.codec.ByteToMessageDecoder;
import io.netty.handler.codec.http2.Http2ConnectionHandler;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.net.impl.ConnectionBase;

/**
 * Has the HTTP/2 decoder of a connection read frames across TLS records where these lie. Netty
 * would copy the records behind each other: a frame of 16 KiB and its header is nine bytes longer
 * than a record, so that would be nearly every byte of a long stream.
 */
final class TlsRecords {
  private TlsRecords() {}

  /** For the rest of the connection's life; does nothing for HTTP/1.1. */
  static void keepApart(HttpConnection connection) {
    if (connection instanceof ConnectionBase base) {
      Http2ConnectionHandler http2 = base.channel().pipeline().get(Http2ConnectionHandler.class);
      if (http2 != null) {
        http2.setCumulator(ByteToMessageDecoder.COMPOSITE_CUMULATOR);
      }
    }
  }
}
