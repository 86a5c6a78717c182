package io.orrery.cli.grpc;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;

/** Writes frames (RFC 9113, 4.1), each as a whole, whatever threads call. */
final class FrameWriter {
  private static final byte[] PREFACE =
      "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".getBytes(StandardCharsets.US_ASCII);

  private final OutputStream out;

  FrameWriter(OutputStream out) {
    this.out = new BufferedOutputStream(out, 1 << 15);
  }

  /** Section 3.4: what a client sends first; with its settings, as pairs of number and value. */
  synchronized void preface(int... settings) throws IOException {
    out.write(PREFACE);
    settings(settings);
  }

  synchronized void settings(int... settings) throws IOException {
    header(settings.length / 2 * 6, FrameType.SETTINGS, 0, 0);
    for (int i = 0; i < settings.length; i += 2) {
      out.write(settings[i] >> 8);
      out.write(settings[i]);
      writeInt(settings[i + 1]);
    }
  }

  /** A frame without payload of its own kind: not flushed. */
  synchronized void frame(int type, int flags, int stream, byte[] payload) throws IOException {
    frame(type, flags, stream, payload, 0, payload.length);
  }

  synchronized void frame(int type, int flags, int stream, byte[] payload, int from, int length)
      throws IOException {
    header(length, type, flags, stream);
    out.write(payload, from, length);
  }

  /** A frame whose payload is one number of 32 bits: RST_STREAM, WINDOW_UPDATE. */
  synchronized void number(int type, int stream, int value) throws IOException {
    header(4, type, 0, stream);
    writeInt(value);
    out.flush();
  }

  synchronized void flush() throws IOException {
    out.flush();
  }

  private void header(int length, int type, int flags, int stream) throws IOException {
    out.write(length >> 16);
    out.write(length >> 8);
    out.write(length);
    out.write(type);
    out.write(flags);
    writeInt(stream);
  }

  private void writeInt(int value) throws IOException {
    out.write(value >> 24);
    out.write(value >> 16);
    out.write(value >> 8);
    out.write(value);
  }
}
