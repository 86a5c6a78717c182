package io.orrery.cli.grpc;

import java.io.DataInputStream;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * One stream of a connection: the connection's reader puts in what comes, one caller takes the
 * messages out. What was not taken is not credited to the peer, which so waits for slow callers.
 */
final class Http2Stream implements MessageAssembler.Sink {
  private final Http2Connection connection;
  private final int id;
  private final SendWindow sendWindow;
  private final ReceiveWindow receiveWindow = new ReceiveWindow();
  private final MessageAssembler assembler = new MessageAssembler();

  private final Queue<Received> received = new ArrayDeque<>();
  private @Nullable Map<String, String> headers;
  private @Nullable Map<String, String> trailers;
  private boolean ended;
  private @Nullable Exception failure;

  private static final class Received {
    final byte[] message;
    final int credit;

    Received(byte[] message, int credit) {
      this.message = message;
      this.credit = credit;
    }
  }

  Http2Stream(Http2Connection connection, int id, int window) {
    this.connection = connection;
    this.id = id;
    this.sendWindow = new SendWindow(window);
  }

  int id() {
    return id;
  }

  SendWindow sendWindow() {
    return sendWindow;
  }

  /**
   * Waits for the next message; null is the end in order.
   *
   * @param deadline by {@link System#nanoTime}; 0 is none
   * @throws StatusException when the server ended with an error, or the deadline is over
   * @throws IOException when the stream or the connection was cut
   */
  byte @Nullable [] next(long deadline) throws IOException, StatusException, InterruptedException {
    while (true) {
      long patience = connection.quietMillis();
      if (deadline != 0) {
        long left = deadline - System.nanoTime();
        if (left <= 0) {
          cancel();
          throw new StatusException(
              StatusCode.DEADLINE_EXCEEDED, "the server did not answer in time");
        }
        patience = Math.min(patience, TimeUnit.NANOSECONDS.toMillis(left) + 1);
      }
      Received next = null;
      synchronized (this) {
        if (received.isEmpty() && !ended) {
          wait(patience);
        }
        next = received.poll();
        if (next == null && ended) {
          finish();
          return null;
        }
      }
      if (next != null) {
        credit(next.credit);
        return next.message;
      }
      connection.probe();
    }
  }

  private void finish() throws IOException, StatusException {
    switch (failure) {
      case null -> Trailers.check(headers, trailers, assembler.isBetweenMessages());
      case StatusException status -> throw status;
      case Exception cause -> throw new ConnectionLostException(cause);
    }
  }

  /** Ends the call: nobody wants the rest. */
  void cancel() {
    drop(new IOException("the call was cancelled"));
  }

  @Override
  public void refuse(StatusException why) {
    drop(why);
  }

  private void drop(Exception why) {
    connection.cancel(this);
    int unread = 0;
    synchronized (this) {
      for (Received gone : received) {
        unread += gone.credit;
      }
      received.clear();
    }
    connection.credit(unread);
    abort(why);
  }

  /** The stream ends here; what came before can still be taken. */
  void abort(Exception cause) {
    synchronized (this) {
      if (!ended) {
        ended = true;
        failure = cause;
      }
      notifyAll();
    }
    sendWindow.end(new ConnectionLostException(cause));
  }

  /** A header block: the first are the headers, others the trailers. */
  synchronized void headers(Map<String, String> block, boolean end) {
    if (headers == null) {
      headers = block;
    }
    if (end) {
      trailers = block;
      end();
    }
  }

  void data(DataInputStream in, int length, boolean end) throws IOException {
    assembler.read(in, length, this);
    if (end) {
      end();
    }
  }

  private synchronized void end() {
    ended = true;
    notifyAll();
    sendWindow.end(new ConnectionLostException("the server ended the call"));
  }

  synchronized boolean isEnded() {
    return ended;
  }

  @Override
  public synchronized void message(byte[] message, int credit) {
    received.add(new Received(message, credit));
    notifyAll();
  }

  @Override
  public void credit(int bytes) {
    connection.credit(bytes);
    int increment = receiveWindow.free(bytes);
    if (increment > 0) {
      connection.enlargeWindow(id, increment);
    }
  }
}
