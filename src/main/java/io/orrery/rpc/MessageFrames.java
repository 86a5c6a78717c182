package io.orrery.rpc;

import io.orrery.job.ApiException;
import io.orrery.job.Reason;
import io.vertx.core.buffer.Buffer;
import org.jspecify.annotations.Nullable;

/**
 * Cuts the bytes of a response into gRPC messages: a flag, a length of four bytes, the message
 * (gRPC over HTTP/2, "Length-Prefixed-Message").
 */
final class MessageFrames {
  private static final int PREFIX = 5;

  private final int maxMessageBytes;
  private Buffer pending = Buffer.buffer();
  private int start;

  MessageFrames(int maxMessageBytes) {
    this.maxMessageBytes = maxMessageBytes;
  }

  void add(Buffer bytes) {
    if (start == pending.length()) {
      pending = Buffer.buffer(bytes.length());
    } else if (start > 0) {
      pending = pending.getBuffer(start, pending.length());
    }
    start = 0;
    pending.appendBuffer(bytes);
  }

  /** The bytes that were not given on. */
  int pendingBytes() {
    return pending.length() - start;
  }

  /**
   * The next whole message, or null.
   *
   * @throws ApiException if it is too large, or compressed, which nobody has offered to take
   */
  @Nullable Buffer next() {
    int available = pending.length() - start;
    if (available < PREFIX) {
      return null;
    }
    if (pending.getByte(start) != 0) {
      throw new ApiException(Reason.MALFORMED_MESSAGE, "the server sent a compressed message");
    }
    long length = pending.getUnsignedInt(start + 1);
    if (length > maxMessageBytes) {
      throw new ApiException(
          Reason.MESSAGE_TOO_LARGE,
          "the server sent a message of " + length + " bytes; at most " + maxMessageBytes + " fit");
    }
    if (available < PREFIX + length) {
      return null;
    }
    int begin = start + PREFIX;
    start = begin + (int) length;
    return pending.getBuffer(begin, start);
  }

  /** One message with its prefix. */
  static Buffer frame(byte[] message) {
    return Buffer.buffer(PREFIX + message.length)
        .appendByte((byte) 0)
        .appendInt(message.length)
        .appendBytes(message);
  }
}
