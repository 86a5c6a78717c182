package io.orrery.cli.grpc;

import com.google.protobuf.CodedInputStream;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.MessageLite;
import com.google.protobuf.Parser;
import com.google.protobuf.UnsafeByteOperations;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** A call that is under way: messages go out and come in, independently of each other. */
public final class Call<Q extends MessageLite, R extends MessageLite> {
  /** The call may last as long as it wants. */
  public static final Duration NO_DEADLINE = Duration.ZERO;

  private final Http2Connection connection;
  private final Http2Stream stream;
  private final Parser<R> parser;
  private final long deadline;

  Call(Http2Connection connection, Http2Stream stream, Parser<R> parser, Duration deadline) {
    this.connection = connection;
    this.stream = stream;
    this.parser = parser;
    this.deadline = deadline.isZero() ? 0 : System.nanoTime() + deadline.toNanos();
  }

  /** Sends a message, waiting while the server does not take it; nothing once the call is over. */
  public void send(Q message, boolean last) throws IOException, InterruptedException {
    int size = message.getSerializedSize();
    ByteBuffer framed = ByteBuffer.allocate(5 + size).put((byte) 0).putInt(size);
    framed.put(message.toByteArray());
    try {
      connection.send(stream, framed.array(), last);
    } catch (IOException e) {
      // A server may end a call before it has read all; next() tells how.
      if (!stream.isEnded()) {
        throw e;
      }
    }
  }

  /**
   * Waits for the next message; null is the end with the status OK.
   *
   * @throws StatusException when the server ended with an error, or the deadline is over
   * @throws IOException when the call was cut: there may have been more messages
   */
  public @Nullable R next() throws IOException, StatusException, InterruptedException {
    byte[] message = stream.next(deadline);
    if (message == null) {
      return null;
    }
    try {
      // Bytes fields share the array instead of being copied.
      CodedInputStream input = UnsafeByteOperations.unsafeWrap(message).newCodedInput();
      input.enableAliasing(true);
      return parser.parseFrom(input);
    } catch (InvalidProtocolBufferException e) {
      stream.cancel();
      throw new StatusException(
          StatusCode.INTERNAL, "the server's answer is not of this version: " + e.getMessage());
    }
  }

  /** Ends the call early; the server is told. */
  public void cancel() {
    stream.cancel();
  }
}
