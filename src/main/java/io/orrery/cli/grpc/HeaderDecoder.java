package io.orrery.cli.grpc;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;

/**
 * Reads a block of HPACK (RFC 7541) of a peer that was told to use no dynamic table; the last of
 * several values of a name counts.
 */
final class HeaderDecoder {
  private static final int STATIC_ENTRIES = 61;

  /** Appendix A, by number from 1; a value stands after the first space. */
  private static final String[] STATIC =
      (":authority|:method GET|:method POST|:path /|:path /index.html|:scheme http|:scheme https"
              + "|:status 200|:status 204|:status 206|:status 304|:status 400|:status 404"
              + "|:status 500|accept-charset|accept-encoding gzip, deflate|accept-language"
              + "|accept-ranges|accept|access-control-allow-origin|age|allow|authorization"
              + "|cache-control|content-disposition|content-encoding|content-language"
              + "|content-length|content-location|content-range|content-type|cookie|date|etag"
              + "|expect|expires|from|host|if-match|if-modified-since|if-none-match|if-range"
              + "|if-unmodified-since|last-modified|link|location|max-forwards"
              + "|proxy-authenticate|proxy-authorization|range|referer|refresh|retry-after|server"
              + "|set-cookie|strict-transport-security|transfer-encoding|user-agent|vary|via"
              + "|www-authenticate")
          .split("\\|");

  private final byte[] block;
  private int position;

  private HeaderDecoder(byte[] block) {
    this.block = block;
  }

  /**
   * @throws IOException when the block breaks the RFC or needs a dynamic table
   */
  static Map<String, String> decode(byte[] block) throws IOException {
    try {
      return new HeaderDecoder(block).decode();
    } catch (IndexOutOfBoundsException e) {
      throw new IOException("a header block is cut off", e);
    }
  }

  private Map<String, String> decode() throws IOException {
    Map<String, String> headers = new HashMap<>();
    while (position < block.length) {
      int first = block[position] & 0xff;
      if (first >= 0x80) {
        String entry = entry(number(7));
        headers.put(name(entry), value(entry));
      } else if (first >= 0x20 && first < 0x40) {
        number(5);
      } else {
        int index = number(first >= 0x40 ? 6 : 4);
        String name = index == 0 ? text() : name(entry(index));
        headers.put(name, text());
      }
    }
    return headers;
  }

  private static String entry(int index) throws IOException {
    if (index < 1 || index > STATIC_ENTRIES) {
      throw new IOException("a header refers to a dynamic table that we do not have");
    }
    return STATIC[index - 1];
  }

  private static String name(String entry) {
    int space = entry.indexOf(' ');
    return space < 0 ? entry : entry.substring(0, space);
  }

  private static String value(String entry) {
    int space = entry.indexOf(' ');
    return space < 0 ? "" : entry.substring(space + 1);
  }

  /** Section 5.1: an integer whose first byte has a prefix of so many bits. */
  private int number(int bits) throws IOException {
    int most = (1 << bits) - 1;
    int value = block[position++] & most;
    if (value < most) {
      return value;
    }
    for (int shift = 0; shift <= 21; shift += 7) {
      int next = block[position++];
      value += (next & 0x7f) << shift;
      if (next >= 0) {
        return value;
      }
    }
    throw new IOException("a header's number is too large");
  }

  /** Section 5.2: a string, whose first bit tells whether it is in the Huffman code. */
  private String text() throws IOException {
    boolean huffman = block[position] < 0;
    int length = number(7);
    int start = position;
    position += length;
    if (position > block.length) {
      throw new IOException("a header block is cut off");
    }
    if (!huffman) {
      return new String(block, start, length, StandardCharsets.ISO_8859_1);
    }
    ByteArrayOutputStream decoded = new ByteArrayOutputStream(length * 2);
    HuffmanCode.decode(block, start, position, decoded);
    return decoded.toString(StandardCharsets.ISO_8859_1);
  }
}
