package io.orrery.cli;

import com.google.protobuf.ByteString;
import io.orrery.cli.grpc.Call;
import io.orrery.v1.AttachJobRequest;
import io.orrery.v1.AttachJobResponse;
import io.orrery.v1.StdinEnd;
import io.orrery.v1.TerminalSize;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;
import java.util.Queue;
import org.jspecify.annotations.Nullable;

/**
 * Our standard input on its way to a job: every byte once and in order, over calls that come and
 * go. What has not arrived is kept, 256 KiB at the most; until some of it has, nothing more is
 * read. Two threads of its own read and send, and end with the process.
 */
final class LiveStdin {
  /** How far a client may be ahead, see AttachJobResponse. */
  private static final int WINDOW = 256 << 10;

  private static final int PIECE = 32 << 10;

  private final InputStream in;
  private final EscapeFilter filter;
  private final Runnable whenTaken;
  private final Deque<Piece> kept = new ArrayDeque<>();
  private final Queue<TerminalSize> sizes = new ArrayDeque<>();
  private @Nullable Call<AttachJobRequest, AttachJobResponse> call;
  private boolean known;
  private boolean taken;
  private long arrived;
  private long sent;
  private long end;
  private boolean ended;
  private boolean endSent;
  private boolean closed;

  private record Piece(long offset, ByteString bytes) {
    long end() {
      return offset + bytes.size();
    }
  }

  /**
   * @param fresh whether nobody can have sent the job anything before; else our bytes follow what
   *     has arrived by then
   * @param whenTaken called once, before the first of our bytes is read: the job takes input now
   */
  LiveStdin(InputStream in, EscapeFilter filter, boolean fresh, Runnable whenTaken) {
    this.in = in;
    this.filter = filter;
    this.whenTaken = whenTaken;
    this.known = fresh;
  }

  void start() {
    Thread.ofPlatform().name("orrery-stdin").daemon().start(() -> quietly(this::readAll));
    Thread.ofPlatform().name("orrery-send").daemon().start(() -> quietly(this::sendAll));
  }

  /** What is known to have arrived; empty before the first word of it. */
  synchronized Optional<Long> position() {
    return known ? Optional.of(arrived) : Optional.empty();
  }

  /**
   * So many have arrived; the first word of it in a call lets us send on this call, the first of
   * all lets us read.
   */
  void arrived(Call<AttachJobRequest, AttachJobResponse> from, long offset) {
    if (!isTaken()) {
      whenTaken.run();
    }
    note(from, offset);
  }

  private synchronized boolean isTaken() {
    return taken;
  }

  private synchronized void note(Call<AttachJobRequest, AttachJobResponse> from, long offset) {
    taken = true;
    if (!known) {
      known = true;
      arrived = offset;
      end = offset;
    }
    if (call != from) {
      // The server counts from the position that the call began with.
      call = from;
      sent = arrived;
      endSent = false;
    }
    arrived = Math.max(arrived, offset);
    forgetArrived();
    notifyAll();
  }

  /** What has arrived may have to be sent once more in this call, to be counted. */
  private void forgetArrived() {
    while (!kept.isEmpty() && kept.getFirst().end() <= Math.min(arrived, sent)) {
      kept.removeFirst();
    }
  }

  synchronized void disconnected(Call<AttachJobRequest, AttachJobResponse> gone) {
    if (call == gone) {
      call = null;
    }
  }

  /** The job takes no more. */
  synchronized void close() {
    closed = true;
    notifyAll();
  }

  synchronized boolean isClosed() {
    return closed;
  }

  /** The terminal has this size. */
  synchronized void resize(TerminalSize size) {
    sizes.add(size);
    notifyAll();
  }

  private interface Work {
    void run() throws IOException, InterruptedException;
  }

  private static void quietly(Work work) {
    try {
      work.run();
    } catch (IOException | InterruptedException _) {
      // The follower tells of what matters.
    }
  }

  private void readAll() throws IOException, InterruptedException {
    byte[] buffer = new byte[PIECE];
    while (true) {
      int count = in.read(buffer, 0, awaitRoom());
      if (count < 0) {
        end();
        return;
      }
      add(filter.pass(buffer, count));
    }
  }

  private synchronized int awaitRoom() throws InterruptedException {
    while (!taken || (!closed && end - arrived >= WINDOW)) {
      wait();
    }
    // Who has a terminal must be able to leave it when the job takes no more.
    return closed ? PIECE : (int) Math.min(PIECE, WINDOW - (end - arrived));
  }

  private synchronized void add(ByteString bytes) {
    if (!closed && !bytes.isEmpty()) {
      kept.add(new Piece(end, bytes));
      end += bytes.size();
      notifyAll();
    }
  }

  private synchronized void end() {
    ended = true;
    notifyAll();
  }

  private void sendAll() throws InterruptedException {
    while (true) {
      Order order = next();
      if (order == null) {
        return;
      }
      try {
        order.call.send(order.message, false);
      } catch (IOException _) {
        // The follower hears of it, and calls again.
        disconnected(order.call);
      }
    }
  }

  private record Order(Call<AttachJobRequest, AttachJobResponse> call, AttachJobRequest message) {}

  /** Waits for what is to be sent next; null when nothing ever is. */
  private synchronized @Nullable Order next() throws InterruptedException {
    while (!closed) {
      Call<AttachJobRequest, AttachJobResponse> to = call;
      AttachJobRequest message = to == null ? null : message();
      if (to != null && message != null) {
        return new Order(to, message);
      }
      wait();
    }
    return null;
  }

  private @Nullable AttachJobRequest message() {
    TerminalSize size = sizes.poll();
    if (size != null) {
      return AttachJobRequest.newBuilder().setResize(size).build();
    }
    for (Piece piece : kept) {
      if (piece.end() > sent) {
        ByteString rest =
            piece.bytes.substring((int) (Math.max(sent, piece.offset) - piece.offset));
        sent = piece.end();
        forgetArrived();
        return AttachJobRequest.newBuilder().setStdin(rest).build();
      }
    }
    if (ended && !endSent) {
      endSent = true;
      return AttachJobRequest.newBuilder().setStdinEnd(StdinEnd.getDefaultInstance()).build();
    }
    return null;
  }
}
