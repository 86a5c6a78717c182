package io.orrery.rpc;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http2.DefaultHttp2HeadersDecoder;
import io.netty.handler.codec.http2.Http2Exception;
import io.orrery.config.TlsFiles;
import java.io.ByteArrayOutputStream;
import java.io.Closeable;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;

/** An HTTP/2 client that sends whatever frames it is told to, over mutual TLS. */
final class RawHttp2 implements Closeable {
  private static final int DATA = 0;
  private static final int HEADERS = 1;
  private static final int RST_STREAM = 3;
  private static final int SETTINGS = 4;
  private static final int PING = 6;
  private static final int GOAWAY = 7;
  private static final int WINDOW_UPDATE = 8;
  private static final int END_STREAM = 1;
  private static final int ACK = 1;
  private static final int END_HEADERS = 4;
  private static final int PRIORITY = 0x20;
  private static final int SETTINGS_INITIAL_WINDOW_SIZE = 4;
  private static final int MAX_FRAME = 16_384;

  private final SSLSocket socket;
  private final OutputStream out;
  private final DataInputStream in;
  private final DefaultHttp2HeadersDecoder headers = new DefaultHttp2HeadersDecoder();
  private final Map<Integer, Reply> replies = new HashMap<>();
  private int nextStream = 1;
  private boolean goAway;
  private int pings;

  /** What came back on a stream so far: headers and trailers together. */
  static final class Reply {
    final Map<String, String> headers = new LinkedHashMap<>();
    final ByteArrayOutputStream data = new ByteArrayOutputStream();
    boolean ended;
    long resetCode = -1;

    String grpcStatus() {
      return headers.getOrDefault("grpc-status", "none, reset " + resetCode);
    }

    ApiExceptionView details() {
      return new ApiExceptionView(headers.getOrDefault(ErrorDetails.TRAILER, ""));
    }
  }

  /** The reason in a details trailer, or "". */
  record ApiExceptionView(String trailer) {
    String reason() {
      return ErrorDetails.decode(trailer).map(e -> e.reason().name()).orElse("");
    }
  }

  RawHttp2(int port, TlsFiles files) throws Exception {
    this(port, files, MAX_FRAME * 4);
  }

  /** With an initial window for each stream. */
  RawHttp2(int port, TlsFiles files, int window) throws Exception {
    socket = TestSockets.connect(port, files);
    SSLParameters parameters = socket.getSSLParameters();
    parameters.setApplicationProtocols(new String[] {"h2"});
    socket.setSSLParameters(parameters);
    socket.setSoTimeout(10_000);
    out = socket.getOutputStream();
    in = new DataInputStream(socket.getInputStream());
    socket.startHandshake();
    out.write("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
    ByteBuffer settings = ByteBuffer.allocate(6);
    settings.putShort((short) SETTINGS_INITIAL_WINDOW_SIZE).putInt(window);
    frame(SETTINGS, 0, 0, settings.array());
  }

  /** Opens a gRPC request of the method; a header with the value "" is left out. */
  int open(String method, Map<String, String> changes, boolean end) throws IOException {
    Map<String, String> all = new LinkedHashMap<>();
    all.put(":method", "POST");
    all.put(":scheme", "https");
    all.put(":path", "/" + method);
    all.put(":authority", "localhost");
    all.put("te", "trailers");
    all.put("content-type", "application/grpc");
    all.putAll(changes);
    ByteArrayOutputStream block = new ByteArrayOutputStream();
    all.forEach(
        (name, value) -> {
          if (!value.isEmpty()) {
            block.write(0); // literal without indexing, RFC 7541 section 6.2.2
            literal(block, name);
            literal(block, value);
          }
        });
    int stream = nextStream;
    nextStream += 2;
    replies.put(stream, new Reply());
    frame(HEADERS, END_HEADERS | (end ? END_STREAM : 0), stream, block.toByteArray());
    return stream;
  }

  private static void literal(ByteArrayOutputStream block, String text) {
    byte[] bytes = text.getBytes(StandardCharsets.ISO_8859_1);
    if (bytes.length < 127) {
      block.write(bytes.length);
    } else {
      block.write(127);
      int rest = bytes.length - 127;
      for (; rest >= 128; rest >>= 7) {
        block.write((rest & 127) | 128);
      }
      block.write(rest);
    }
    block.writeBytes(bytes);
  }

  /** Sends bytes in as many frames as they need; the last one may end the stream. */
  void data(int stream, byte[] bytes, boolean end) throws IOException {
    int from = 0;
    do {
      int to = Math.min(bytes.length, from + MAX_FRAME);
      byte[] part = Arrays.copyOfRange(bytes, from, to);
      from = to;
      frame(DATA, end && from == bytes.length ? END_STREAM : 0, stream, part);
    } while (from < bytes.length);
  }

  void ping() throws IOException {
    frame(PING, 0, 0, new byte[8]);
  }

  void reset(int stream, int code) throws IOException {
    frame(RST_STREAM, 0, stream, ByteBuffer.allocate(4).putInt(code).array());
  }

  /** Lets the server send so many bytes more, on the stream and on the connection. */
  void widen(int stream, int bytes) throws IOException {
    byte[] increment = ByteBuffer.allocate(4).putInt(bytes).array();
    frame(WINDOW_UPDATE, 0, stream, increment);
    frame(WINDOW_UPDATE, 0, 0, increment);
  }

  private void frame(int type, int flags, int stream, byte[] payload) throws IOException {
    ByteBuffer frame = ByteBuffer.allocate(9 + payload.length);
    frame.put((byte) (payload.length >> 16)).putShort((short) payload.length);
    frame.put((byte) type).put((byte) flags).putInt(stream).put(payload);
    out.write(frame.array());
    out.flush();
  }

  /** Reads until the stream has ended or was reset; fails when ten seconds bring nothing. */
  Reply reply(int stream) throws IOException, Http2Exception {
    Reply reply = replies.get(stream);
    while (!reply.ended && reply.resetCode < 0) {
      read();
    }
    return reply;
  }

  /** Reads until the stream has at least so many bytes of data. */
  Reply data(int stream, int bytes) throws IOException, Http2Exception {
    Reply reply = replies.get(stream);
    while (reply.data.size() < bytes) {
      read();
    }
    return reply;
  }

  /** How many pings were answered. */
  int pings() {
    return pings;
  }

  boolean sawGoAway() {
    return goAway;
  }

  void read() throws IOException, Http2Exception {
    int length = (in.readUnsignedByte() << 16) | in.readUnsignedShort();
    int type = in.readUnsignedByte();
    int flags = in.readUnsignedByte();
    int stream = in.readInt() & 0x7fffffff;
    byte[] payload = in.readNBytes(length);
    switch (type) {
      case SETTINGS -> {
        if ((flags & ACK) == 0) {
          frame(SETTINGS, ACK, 0, new byte[0]);
        }
      }
      case PING -> {
        if ((flags & ACK) == 0) {
          pings++;
          frame(PING, ACK, 0, payload);
        }
      }
      case GOAWAY -> goAway = true;
      case HEADERS -> headers(stream, (flags & PRIORITY) == 0 ? 0 : 5, payload);
      case DATA -> replies.get(stream).data.write(payload);
      case RST_STREAM -> replies.get(stream).resetCode = ByteBuffer.wrap(payload).getInt();
      default -> {} // window updates
    }
    if ((type == HEADERS || type == DATA) && (flags & END_STREAM) != 0) {
      replies.get(stream).ended = true;
    }
  }

  private void headers(int stream, int skip, byte[] block) throws Http2Exception {
    Reply reply = replies.get(stream);
    ByteBuf bytes = Unpooled.wrappedBuffer(block, skip, block.length - skip);
    headers
        .decodeHeaders(stream, bytes)
        .forEach(
            entry -> reply.headers.put(entry.getKey().toString(), entry.getValue().toString()));
  }

  /** Closes the connection without a word. */
  @Override
  public void close() throws IOException {
    socket.close();
  }
}
