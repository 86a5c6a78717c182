package io.orrery.rpc;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.orrery.job.ApiException;
import io.orrery.job.Reason;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.internal.buffer.BufferInternal;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Cuts the bytes of a response into gRPC messages: a flag, a length of four bytes, the message
 * (gRPC over HTTP/2, "Length-Prefixed-Message"). A message is made of the buffers that it came in,
 * without a copy, when all of it is there.
 */
final class MessageFrames {
  private static final int PREFIX = 5;
  private static final int NONE = -1;

  private final int maxMessageBytes;
  private final Deque<Buffer> received = new ArrayDeque<>();

  /** Where the first buffer goes on, and how many bytes there are from there. */
  private int start;

  private int available;

  /** That of the message whose prefix was read, or NONE. */
  private int length = NONE;

  MessageFrames(int maxMessageBytes) {
    this.maxMessageBytes = maxMessageBytes;
  }

  /** Adds what has arrived; nobody may change it any more. */
  void add(Buffer bytes) {
    if (bytes.length() > 0) {
      received.add(bytes);
      available += bytes.length();
    }
  }

  /** The bytes that were not given on. */
  int pendingBytes() {
    return available + (length == NONE ? 0 : PREFIX);
  }

  /**
   * The next whole message, or null.
   *
   * @throws ApiException if it is too large, or compressed, which nobody has offered to take
   */
  @Nullable Buffer next() {
    if (length == NONE && available >= PREFIX) {
      length = length(take(PREFIX).getBytes());
    }
    if (length == NONE || available < length) {
      return null;
    }
    Buffer message = take(length);
    length = NONE;
    return message;
  }

  private int length(byte[] prefix) {
    if (prefix[0] != 0) {
      throw new ApiException(Reason.MALFORMED_MESSAGE, "the server sent a compressed message");
    }
    long told = Integer.toUnsignedLong(ByteBuffer.wrap(prefix).getInt(1));
    if (told > maxMessageBytes) {
      throw new ApiException(
          Reason.MESSAGE_TOO_LARGE,
          "the server sent a message of " + told + " bytes; at most " + maxMessageBytes + " fit");
    }
    return (int) told;
  }

  private Buffer take(int count) {
    available -= count;
    List<ByteBuf> parts = new ArrayList<>();
    for (int missing = count; missing > 0; ) {
      Buffer first = received.getFirst();
      int end = Math.min(first.length(), start + missing);
      parts.add(((BufferInternal) first).getByteBuf().slice(start, end - start));
      missing -= end - start;
      start = end;
      if (start == first.length()) {
        received.removeFirst();
        start = 0;
      }
    }
    return BufferInternal.buffer(
        parts.size() == 1
            ? parts.getFirst()
            : Unpooled.wrappedBuffer(parts.size(), parts.toArray(ByteBuf[]::new)));
  }

  /** One message with its prefix. */
  static Buffer frame(byte[] message) {
    return frame(wrap(message));
  }

  /** One message with its prefix, without a copy: nobody may change the message any more. */
  static Buffer frame(Buffer message) {
    byte[] prefix = ByteBuffer.allocate(PREFIX).putInt(1, message.length()).array();
    return BufferInternal.buffer(
        Unpooled.wrappedBuffer(
            Unpooled.wrappedBuffer(prefix), ((BufferInternal) message).getByteBuf()));
  }

  private static Buffer wrap(byte[] bytes) {
    return BufferInternal.buffer(Unpooled.wrappedBuffer(bytes));
  }
}
