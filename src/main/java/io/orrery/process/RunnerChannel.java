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

  private static final int LONGEST = 64 << 20;

  private final SocketChannel socket;
  private final Object sending = new Object();

  RunnerChannel(SocketChannel socket) {
    this.socket = socket;
  }

  /** Blocks while the other side does not take it. */
  void send(Map<String, Object> message) throws IOException {
    byte[] text = FlatJson.write(message).getBytes(StandardCharsets.UTF_8);
    ByteBuffer frame = ByteBuffer.allocate(Integer.BYTES + text.length);
    frame.putInt(text.length).put(text).flip();
    synchronized (sending) {
      while (frame.hasRemaining()) {
        socket.write(frame);
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
    return fill(text)
        ? Optional.of(new Fields(FlatJson.read(new String(text.array(), StandardCharsets.UTF_8))))
        : Optional.empty();
  }

  private boolean fill(ByteBuffer buffer) throws IOException {
    while (buffer.hasRemaining()) {
      if (socket.read(buffer) < 0) {
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
