package io.orrery.cli.grpc;

import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Reads the frames of a connection and hands each to whom it is for (RFC 9113, 4 and 6). */
final class FrameReader {
  static final int LARGEST_BLOCK = 1 << 16;

  private final DataInputStream in;
  private final Http2Connection connection;
  private final FrameWriter writer;
  private volatile long lastRead = System.nanoTime();
  private volatile boolean heard;

  FrameReader(DataInputStream in, Http2Connection connection, FrameWriter writer) {
    this.in = in;
    this.connection = connection;
    this.writer = writer;
  }

  /** When the peer was heard of, by {@link System#nanoTime}. */
  long lastRead() {
    return lastRead;
  }

  /** Whether the peer has said anything yet. */
  boolean hasHeard() {
    return heard;
  }

  private record Header(int length, int type, int flags, int stream) {
    boolean has(int flag) {
      return (flags & flag) != 0;
    }
  }

  void readFrame() throws IOException {
    Header header = header();
    switch (header.type) {
      case FrameType.DATA -> data(header);
      case FrameType.HEADERS -> headers(header);
      case FrameType.RST_STREAM -> reset(header);
      case FrameType.SETTINGS -> settings(header);
      case FrameType.PING -> ping(header);
      case FrameType.GOAWAY -> {
        int last = in.readInt() & Integer.MAX_VALUE;
        in.skipNBytes(header.length - 4);
        connection.goingAway(last);
      }
      case FrameType.WINDOW_UPDATE ->
          connection.enlargeSendWindow(header.stream, in.readInt() & Integer.MAX_VALUE);
      case FrameType.PUSH_PROMISE, FrameType.CONTINUATION ->
          throw new IOException("the server broke HTTP/2: a frame of type " + header.type);
      default -> in.skipNBytes(header.length);
    }
  }

  private Header header() throws IOException {
    int first = in.readInt();
    int flags = in.readUnsignedByte();
    Header header = new Header(first >>> 8, first & 0xff, flags, in.readInt() & Integer.MAX_VALUE);
    lastRead = System.nanoTime();
    heard = true;
    if (header.length > Http2Connection.LARGEST_FRAME) {
      throw new IOException("the server broke HTTP/2: a frame of " + header.length + " bytes");
    }
    return header;
  }

  private void data(Header header) throws IOException {
    int padding = header.has(FrameType.PADDED) ? in.readUnsignedByte() + 1 : 0;
    int length = header.length - padding;
    if (length < 0) {
      throw new IOException("the server broke HTTP/2: more padding than frame");
    }
    Http2Stream stream = connection.stream(header.stream);
    if (stream == null) {
      in.skipNBytes(length);
      connection.credit(header.length);
    } else {
      boolean end = header.has(FrameType.END_STREAM);
      stream.data(in, length, end);
      stream.credit(padding);
      if (end) {
        connection.forget(stream);
      }
    }
    in.skipNBytes(Math.max(0, padding - 1));
  }

  private void headers(Header header) throws IOException {
    int padding = header.has(FrameType.PADDED) ? in.readUnsignedByte() : 0;
    int length = header.length - (header.has(FrameType.PADDED) ? 1 + padding : 0);
    if (header.has(FrameType.PRIORITY)) {
      in.skipNBytes(5);
      length -= 5;
    }
    ByteArrayOutputStream block = new ByteArrayOutputStream(Math.max(length, 32));
    add(block, length);
    in.skipNBytes(padding);
    boolean whole = header.has(FrameType.END_HEADERS);
    while (!whole) {
      Header next = header();
      if (next.type != FrameType.CONTINUATION || next.stream != header.stream) {
        throw new IOException("the server broke HTTP/2: a header block with a gap");
      }
      add(block, next.length);
      whole = next.has(FrameType.END_HEADERS);
    }
    Map<String, String> headers = HeaderDecoder.decode(block.toByteArray());
    Http2Stream stream = connection.stream(header.stream);
    if (stream != null) {
      if (header.has(FrameType.END_STREAM)) {
        connection.forget(stream);
      }
      stream.headers(headers, header.has(FrameType.END_STREAM));
    }
  }

  private void add(ByteArrayOutputStream block, int length) throws IOException {
    if (length < 0 || block.size() + length > LARGEST_BLOCK) {
      throw new IOException("the server broke HTTP/2: a header block of a wrong size");
    }
    block.write(in.readNBytes(length));
  }

  private void reset(Header header) throws IOException {
    int code = in.readInt();
    @Nullable Http2Stream stream = connection.stream(header.stream);
    if (stream != null) {
      connection.forget(stream);
      stream.abort(new IOException("the server ended the call (HTTP/2 error " + code + ")"));
    }
  }

  private void settings(Header header) throws IOException {
    if (header.has(FrameType.ACK)) {
      return;
    }
    for (int i = 0; i < header.length / 6; i++) {
      connection.peerSetting(in.readUnsignedShort(), in.readInt());
    }
    in.skipNBytes(header.length % 6);
    writer.frame(FrameType.SETTINGS, FrameType.ACK, 0, new byte[0]);
    writer.flush();
  }

  private void ping(Header header) throws IOException {
    byte[] payload = in.readNBytes(header.length);
    if (!header.has(FrameType.ACK)) {
      writer.frame(FrameType.PING, FrameType.ACK, 0, payload);
      writer.flush();
    }
  }
}
