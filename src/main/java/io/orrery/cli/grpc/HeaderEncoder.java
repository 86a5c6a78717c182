package io.orrery.cli.grpc;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;

/** Writes a block of HPACK (RFC 7541) as plain literals, which every peer reads without a table. */
final class HeaderEncoder {
  private final ByteArrayOutputStream block = new ByteArrayOutputStream(192);

  /** A header whose name and value stand in the static table, by number 1 to 61. */
  HeaderEncoder indexed(int entry) {
    block.write(0x80 | entry);
    return this;
  }

  /** A header with a name in lower case; both are ASCII. */
  HeaderEncoder add(String name, String value) {
    block.write(0);
    text(name);
    text(value);
    return this;
  }

  byte[] block() {
    return block.toByteArray();
  }

  private void text(String text) {
    byte[] bytes = text.getBytes(StandardCharsets.ISO_8859_1);
    int rest = bytes.length - 127;
    if (rest < 0) {
      block.write(bytes.length);
    } else {
      block.write(127);
      for (; rest >= 128; rest >>= 7) {
        block.write((rest & 0x7f) | 0x80);
      }
      block.write(rest);
    }
    block.writeBytes(bytes);
  }
}
