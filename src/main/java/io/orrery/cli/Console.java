package io.orrery.cli;

import java.io.FileDescriptor;
import java.io.FileInputStream;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;

/**
 * The three standard streams as bytes: nothing goes through the locale's encoding.
 *
 * @param subject what every message of ours begins with
 */
record Console(InputStream in, OutputStream out, OutputStream err, String subject) {

  Console(InputStream in, OutputStream out, OutputStream err) {
    this(in, out, err, "");
  }

  /** The same, with a name before each message of ours. */
  Console named(String name) {
    return new Console(in, out, err, name + ": ");
  }

  /** Those of this process, without buffers. */
  static Console system() {
    return new Console(
        new FileInputStream(FileDescriptor.in),
        new FileOutputStream(FileDescriptor.out),
        new FileOutputStream(FileDescriptor.err));
  }

  /** Writes a result, as it is and at once. */
  void print(String text) {
    write(out, text.getBytes(StandardCharsets.UTF_8));
  }

  /** Tells people something of ours on stderr; each line gets the prefix. */
  void say(String message) {
    StringBuilder lines = new StringBuilder(message.length() + 10);
    for (String line : message.split("\n", -1)) {
      lines.append("orrery: ").append(subject).append(Printable.text(line)).append('\n');
    }
    try {
      err.write(lines.toString().getBytes(StandardCharsets.UTF_8));
    } catch (IOException _) {
      // There is nobody to tell.
    }
  }

  /**
   * Writes bytes as they are.
   *
   * @throws OutputClosedException when they could not be written
   */
  static void write(OutputStream to, byte[] bytes) {
    try {
      to.write(bytes);
      to.flush();
    } catch (IOException e) {
      throw new OutputClosedException(e);
    }
  }
}
