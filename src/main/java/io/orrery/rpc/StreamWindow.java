package io.orrery.rpc;

import io.netty.channel.Channel;
import io.netty.handler.codec.http2.Http2ConnectionHandler;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2Stream;
import io.netty.util.AttributeKey;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.net.impl.ConnectionBase;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntConsumer;
import java.util.function.LongSupplier;

/**
 * How much the server may send on a stream beyond what was taken (RFC 9113, section 5.2). It is
 * small at first, and grows for a stream whose reader takes it quickly, as long as the connection
 * can spare it. So all windows together are never more than the connection's, and streams that take
 * nothing neither hold up the others nor keep much memory.
 */
final class StreamWindow {
  /** That of a new stream. */
  static final int FIRST_BYTES = 256 << 10;

  static final int MOST_BYTES = 4 << 20;

  /** By how much all streams of a connection together may grow. */
  static final int SPARE_BYTES = 64 << 20;

  /** Who takes a whole window within this time may be held up by it. */
  private static final long QUICK_NANOS = 500_000_000;

  private static final AttributeKey<AtomicInteger> SPARE =
      AttributeKey.valueOf(StreamWindow.class, "SPARE");

  private final AtomicInteger spare;
  private final IntConsumer widen;
  private final LongSupplier nanos;
  private int size = FIRST_BYTES;
  private int taken;
  private long since;
  private boolean closed;

  /**
   * A window that grows by what {@code widen} is told, out of what is spare.
   *
   * @param nanos a monotonic clock
   */
  StreamWindow(AtomicInteger spare, IntConsumer widen, LongSupplier nanos) {
    this.spare = spare;
    this.widen = widen;
    this.nanos = nanos;
    this.since = nanos.getAsLong();
  }

  /** The window of a stream that the server has answered on. */
  static StreamWindow of(HttpConnection connection, int streamId) {
    Channel channel = ((ConnectionBase) connection).channel();
    channel.attr(SPARE).setIfAbsent(new AtomicInteger(SPARE_BYTES));
    return new StreamWindow(
        channel.attr(SPARE).get(),
        more -> channel.eventLoop().execute(() -> widen(channel, streamId, more)),
        System::nanoTime);
  }

  /** The reader has taken so many bytes. */
  void take(int bytes) {
    taken += bytes;
    if (taken >= size) {
      long now = nanos.getAsLong();
      if (now - since < QUICK_NANOS) {
        grow();
      }
      taken = 0;
      since = now;
    }
  }

  private void grow() {
    int more = size; // twice as large
    if (closed || size >= MOST_BYTES) {
      return;
    }
    if (spare.addAndGet(-more) < 0) {
      spare.addAndGet(more);
      return;
    }
    size += more;
    widen.accept(more);
  }

  private static void widen(Channel channel, int streamId, int more) {
    Http2ConnectionHandler http2 = channel.pipeline().get(Http2ConnectionHandler.class);
    Http2Stream stream = http2 == null ? null : http2.connection().stream(streamId);
    if (stream != null) {
      try {
        http2.decoder().flowController().incrementWindowSize(stream, more);
        channel.flush();
      } catch (Http2Exception _) {
        // the stream has been closed at this moment, and has no use for it
      }
    }
  }

  /** The stream has ended: the others may have what it had. May be called more than once. */
  void close() {
    closed = true;
    spare.addAndGet(size - FIRST_BYTES);
    size = FIRST_BYTES;
  }
}
