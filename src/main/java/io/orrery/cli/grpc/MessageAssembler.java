package io.orrery.cli.grpc;

import java.io.DataInputStream;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** Puts together the messages of a stream: a byte of flags, the length in four bytes, the bytes. */
final class MessageAssembler {
  static final int LONGEST = 16 << 20;

  /** A longer message is credited to the peer as it comes, or it would not fit into the window. */
  private static final int CREDITED_WHOLE = 1 << 20;

  private static final int PREFIX = 5;

  private final byte[] prefix = new byte[PREFIX];
  private int prefixed;
  private byte @Nullable [] message;
  private int filled;
  private boolean broken;

  /** Who gets the messages. */
  interface Sink {
    void message(byte[] message, int credit);

    /** So many bytes of the window are free again. */
    void credit(int bytes);

    /** A message came that is not taken. */
    void refuse(StatusException why);
  }

  /**
   * Reads so many bytes, all of a DATA frame; what comes after a message that is compressed or too
   * long is dropped.
   */
  void read(DataInputStream in, int length, Sink sink) throws IOException {
    int rest = length;
    while (rest > 0) {
      if (broken) {
        in.skipNBytes(rest);
        sink.credit(rest);
        return;
      }
      rest -= message == null ? readPrefix(in, rest, sink) : readMessage(in, rest, message, sink);
    }
  }

  /** Whether the bytes so far end with a whole message. */
  boolean isBetweenMessages() {
    return message == null && prefixed == 0;
  }

  private int readPrefix(DataInputStream in, int rest, Sink sink) throws IOException {
    int count = Math.min(rest, PREFIX - prefixed);
    in.readFully(prefix, prefixed, count);
    prefixed += count;
    sink.credit(count);
    if (prefixed == PREFIX) {
      begin(sink);
    }
    return count;
  }

  private void begin(Sink sink) {
    int length =
        (prefix[1] & 0xff) << 24
            | (prefix[2] & 0xff) << 16
            | (prefix[3] & 0xff) << 8
            | (prefix[4] & 0xff);
    if (prefix[0] != 0 || length < 0 || length > LONGEST) {
      broken = true;
      sink.refuse(
          prefix[0] != 0
              ? new StatusException(StatusCode.INTERNAL, "the server sent a compressed message")
              : new StatusException(
                  StatusCode.RESOURCE_EXHAUSTED, "the server sent a message of more than 16 MiB"));
      return;
    }
    prefixed = 0;
    filled = 0;
    if (length == 0) {
      sink.message(new byte[0], 0);
    } else {
      message = new byte[length];
    }
  }

  private int readMessage(DataInputStream in, int rest, byte[] into, Sink sink) throws IOException {
    int count = Math.min(rest, into.length - filled);
    in.readFully(into, filled, count);
    filled += count;
    boolean creditedWhole = into.length <= CREDITED_WHOLE;
    if (!creditedWhole) {
      sink.credit(count);
    }
    if (filled == into.length) {
      message = null;
      sink.message(into, creditedWhole ? into.length : 0);
    }
    return count;
  }
}
