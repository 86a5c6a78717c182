package io.orrery.cli.grpc;

import java.io.ByteArrayOutputStream;
import java.io.IOException;

/**
 * Decodes the Huffman code of HPACK, which is canonical: the lengths say all (RFC 7541, 5.2, B).
 */
final class HuffmanCode {
  private static final int LONGEST = 30;
  private static final int END_OF_STRING = 256;

  /** The lengths of the codes of 0 to 255 and the end of string: {@code 'A'} is 5 bits. */
  private static final String LENGTHS =
      "ISXXXXXXXTZXXZXXXXXXXXZXXXXXXXXXBFFHIBDGFFDGDBBBAAABBBBBBBCDKBHF"
          + "IBCCCCCCCCCCCCCCCCCCCCCCDCDIOIJBKABABABBBACCBBBABCBAABCCCCCKGJIX"
          + "PRPPRRRSRSSSSSTSTTRSTSSSSQRSRSSTRQPRRSSQSRRTQRSSQQRQSRSSPRRRSRRS"
          + "VVPORSRUVVVWWVTUOQVWWVWTQQVVXWWWPTPQRQQSRRUUTTVSVWVVWWWWWXWWWWWV"
          + "Z";

  private static final int[] COUNT = new int[LONGEST + 1];
  private static final int[] SYMBOLS = new int[LENGTHS.length()];

  static {
    int next = 0;
    for (int length = 5; length <= LONGEST; length++) {
      for (int symbol = 0; symbol < LENGTHS.length(); symbol++) {
        if (LENGTHS.charAt(symbol) - 'A' + 5 == length) {
          SYMBOLS[next++] = symbol;
          COUNT[length]++;
        }
      }
    }
  }

  private HuffmanCode() {}

  /** Adds what the bytes stand for; the last byte is padded with ones. */
  static void decode(byte[] from, int start, int end, ByteArrayOutputStream to) throws IOException {
    int code = 0;
    int first = 0;
    int index = 0;
    int length = 0;
    boolean onlyOnes = true;
    for (int bit = start * 8; bit < end * 8; bit++) {
      int value = from[bit >> 3] >> (7 - (bit & 7)) & 1;
      onlyOnes &= value == 1;
      code |= value;
      length++;
      int count = length <= LONGEST ? COUNT[length] : 0;
      if (code - first < count) {
        int symbol = SYMBOLS[index + code - first];
        if (symbol == END_OF_STRING) {
          throw new IOException("end of string within a header");
        }
        to.write(symbol);
        code = first = index = length = 0;
        onlyOnes = true;
      } else {
        index += count;
        first = (first + count) << 1;
        code <<= 1;
      }
    }
    if (length > 7 || !onlyOnes) {
      throw new IOException("a header's Huffman code is cut off");
    }
  }
}
