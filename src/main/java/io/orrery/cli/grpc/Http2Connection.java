package io.orrery.cli.grpc;

import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/** A client's connection of HTTP/2 with many streams; a thread of its own reads it. */
final class Http2Connection implements AutoCloseable {
  static final int LARGEST_FRAME = 1 << 20;

  private final AutoCloseable socket;
  private final Patience patience;
  private final FrameWriter writer;
  private final FrameReader reader;
  private final ReceiveWindow receiveWindow = new ReceiveWindow();
  private final SendWindow sendWindow = new SendWindow(FrameType.DEFAULT_WINDOW);
  private final Map<Integer, Http2Stream> streams = new ConcurrentHashMap<>();
  private final Object opening = new Object();
  private final CountDownLatch over = new CountDownLatch(1);

  private int nextId = 1;
  private int initialWindow = FrameType.DEFAULT_WINDOW;
  private volatile int largestFrame = FrameType.DEFAULT_FRAME;
  private volatile boolean goingAway;
  private volatile @Nullable IOException closed;

  /** How long the peer may be quiet until it is asked, and then until it is given up. */
  record Patience(long quietMillis, long lostMillis) {
    static final Patience USUAL = new Patience(20_000, 40_000);
  }

  /**
   * @param socket closed with the connection, at once, whatever is going on
   */
  Http2Connection(InputStream in, OutputStream out, AutoCloseable socket, Patience patience)
      throws IOException {
    this.socket = socket;
    this.patience = patience;
    this.writer = new FrameWriter(out);
    this.reader =
        new FrameReader(new DataInputStream(new BufferedInputStream(in, 1 << 16)), this, writer);
    writer.preface(
        FrameType.HEADER_TABLE_SIZE,
        0,
        FrameType.ENABLE_PUSH,
        0,
        FrameType.INITIAL_WINDOW_SIZE,
        ReceiveWindow.SIZE,
        FrameType.MAX_FRAME_SIZE,
        LARGEST_FRAME,
        FrameType.MAX_HEADER_LIST_SIZE,
        FrameReader.LARGEST_BLOCK);
    enlargeWindow(0, ReceiveWindow.SIZE - FrameType.DEFAULT_WINDOW);
    Thread thread = new Thread(this::readAll, "orrery-connection");
    thread.setDaemon(true);
    thread.start();
  }

  private void readAll() {
    try {
      while (true) {
        reader.readFrame();
      }
    } catch (IOException e) {
      close(
          reader.hasHeard() || e instanceof SSLException
              ? e
              : new IOException(
                  "it took the connection, but closed it without a word; does it"
                      + " take your certificate? ("
                      + e.getMessage()
                      + ")",
                  e));
    } finally {
      over.countDown();
    }
  }

  /** Opens a stream; the headers go out with the first message. */
  Http2Stream open(byte[] headerBlock) throws IOException, InterruptedException {
    try {
      return openStream(headerBlock);
    } catch (ConnectionLostException e) {
      throw e;
    } catch (IOException e) {
      throw verdict(e);
    }
  }

  private Http2Stream openStream(byte[] headerBlock) throws IOException {
    synchronized (opening) {
      IOException end = closed;
      if (end != null) {
        throw new ConnectionLostException(end);
      }
      if (goingAway) {
        throw new ConnectionLostException("the server is about to stop");
      }
      Http2Stream stream = new Http2Stream(this, nextId, initialWindow);
      nextId += 2;
      streams.put(stream.id(), stream);
      writer.frame(FrameType.HEADERS, FrameType.END_HEADERS, stream.id(), headerBlock);
      return stream;
    }
  }

  /** Sends a message, prefix and all, as fast as the peer takes it. */
  void send(Http2Stream stream, byte[] message, boolean last)
      throws IOException, InterruptedException {
    try {
      sendAll(stream, message, last);
    } catch (ConnectionLostException e) {
      throw e;
    } catch (IOException e) {
      throw verdict(e);
    }
  }

  /** Why nothing can be written is what the reader hears: an alert of TLS that refuses us, say. */
  private ConnectionLostException verdict(IOException written) throws InterruptedException {
    over.await(1, TimeUnit.SECONDS);
    IOException heard = closed;
    return new ConnectionLostException(heard == null ? written : heard);
  }

  private void sendAll(Http2Stream stream, byte[] message, boolean last)
      throws IOException, InterruptedException {
    int sent = 0;
    while (sent < message.length) {
      int wanted = stream.sendWindow().take(Math.min(message.length - sent, largestFrame));
      int count = sendWindow.take(wanted);
      stream.sendWindow().add(wanted - count);
      boolean end = last && sent + count == message.length;
      writer.frame(
          FrameType.DATA, end ? FrameType.END_STREAM : 0, stream.id(), message, sent, count);
      writer.flush();
      sent += count;
    }
  }

  @Nullable Http2Stream stream(int id) {
    return streams.get(id);
  }

  void forget(Http2Stream stream) {
    streams.remove(stream.id());
  }

  void cancel(Http2Stream stream) {
    if (streams.remove(stream.id()) != null) {
      quietly(() -> writer.number(FrameType.RST_STREAM, stream.id(), FrameType.CANCEL));
    }
  }

  /** Bytes that nobody will wait for any more are read. */
  void credit(int bytes) {
    int increment = receiveWindow.free(bytes);
    if (increment > 0) {
      enlargeWindow(0, increment);
    }
  }

  void enlargeWindow(int stream, int increment) {
    quietly(() -> writer.number(FrameType.WINDOW_UPDATE, stream, increment));
  }

  /** The peer takes more bytes. */
  void enlargeSendWindow(int id, int increment) {
    Http2Stream stream = id == 0 ? null : streams.get(id);
    if (id == 0) {
      sendWindow.add(increment);
    } else if (stream != null) {
      stream.sendWindow().add(increment);
    }
  }

  void peerSetting(int setting, int value) {
    if (setting == FrameType.INITIAL_WINDOW_SIZE) {
      synchronized (opening) {
        int change = value - initialWindow;
        initialWindow = value;
        streams.values().forEach(stream -> stream.sendWindow().add(change));
      }
    } else if (setting == FrameType.MAX_FRAME_SIZE) {
      largestFrame = value;
    }
  }

  /** The peer serves no stream after this one and wants no new ones. */
  void goingAway(int lastId) {
    IOException cause = new IOException("the server is about to stop");
    goingAway = true;
    streams
        .values()
        .removeIf(
            stream -> {
              boolean unserved = stream.id() > lastId;
              if (unserved) {
                stream.abort(cause);
              }
              return unserved;
            });
  }

  /** Whether calls can be made. */
  boolean isOpen() {
    return closed == null && !goingAway;
  }

  long quietMillis() {
    return patience.quietMillis;
  }

  /** Asks a peer that has been quiet for a sign of life, and gives up one that does not answer. */
  void probe() {
    long quiet = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - reader.lastRead());
    if (quiet >= patience.lostMillis) {
      close(new IOException("the server has not answered for " + quiet / 1000 + " s"));
    } else if (quiet >= patience.quietMillis) {
      quietly(
          () -> {
            writer.frame(FrameType.PING, 0, 0, new byte[8]);
            writer.flush();
          });
    }
  }

  /** Says good-bye to the peer and ends all streams. */
  @Override
  public void close() {
    quietly(
        () -> {
          writer.frame(FrameType.GOAWAY, 0, 0, new byte[8]);
          writer.flush();
        });
    close(new IOException("the connection is closed"));
  }

  /** The first cause is the one that calls are told: our own closing ends the reader too. */
  private void close(IOException cause) {
    IOException first;
    synchronized (opening) {
      first = closed == null ? cause : closed;
      closed = first;
    }
    try {
      socket.close();
    } catch (Exception _) {
      // It is closed for us in any case.
    }
    sendWindow.end(new ConnectionLostException(first));
    streams.values().forEach(stream -> stream.abort(first));
    streams.clear();
  }

  private interface Write {
    void run() throws IOException;
  }

  /** A connection that cannot be written is noticed by its reader. */
  private static void quietly(Write write) {
    try {
      write.run();
    } catch (IOException _) {
      // See above.
    }
  }
}
