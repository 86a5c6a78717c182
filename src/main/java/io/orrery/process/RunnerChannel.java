package io.orrery.process;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Optional;

/**
 * Messages between a worker and its runner, over a Unix socket that only their user reaches: each
 * is its length in four bytes and flat JSON. Fields that a side does not know are skipped. One
 * thread may receive while several send.
 */
final class RunnerChannel implements AutoCloseable {
  /** What the messages mean; a runner of another version is left to its own jobs. */
  static final int VERSION = 2;

  /** What a message may have: not much more than a third of the runner's heap. */
  static final int LONGEST = 12 << 20;

  /** The JDK has for each thread as much memory outside of the heap as it passes on at once. */
  private static final int AT_ONCE = 64 << 10;

  private final SocketChannel socket;
  private final Object sending = new Object();

  RunnerChannel(SocketChannel socket) {
    this.socket = socket;
  }

  /**
   * Blocks while the other side does not take it.
   *
   * @throws IllegalArgumentException if it is longer than {@link #LONGEST}; nothing was sent
   */
  void send(Map<String, Object> message) throws IOException {
    byte[] text = FlatJson.compact(message).getBytes(StandardCharsets.UTF_8);
    if (text.length > LONGEST) {
      throw new IllegalArgumentException("a message of " + text.length + " bytes");
    }
    ByteBuffer frame = ByteBuffer.allocate(Integer.BYTES + text.length);
    frame.putInt(text.length).put(text).flip();
    synchronized (sending) {
      int end = frame.limit();
      while (frame.position() < end) {
        socket.write(frame.limit(Math.min(end, frame.position() + AT_ONCE)));
      }
    }
  }

  /** Blocks for the next message; empty when the other side has ended, or has been cut off. */
  Optional<Fields> receive() throws IOException {
    ByteBuffer prefix = ByteBuffer.allocate(Integer.BYTES);
    if (!fill(prefix)) {
      return Optional.empty();
    }
    int length = prefix.flip().getInt();
    if (length < 0 || length > LONGEST) {
      throw new IOException("not a message of the runner's protocol: " + length + " bytes");
    }
    ByteBuffer text = ByteBuffer.allocate(length);
    return fill(text) ? Optional.of(new Fields(FlatJson.read(text.array()))) : Optional.empty();
  }

  private boolean fill(ByteBuffer buffer) throws IOException {
    int end = buffer.capacity();
    while (buffer.position() < end) {
      if (socket.read(buffer.limit(Math.min(end, buffer.position() + AT_ONCE))) < 0) {
        return false;
      }
    }
    return true;
  }

  /** Also ends a {@link #receive} that is waiting. */
  @Override
  public void close() throws IOException {
    socket.close();
  }
}
