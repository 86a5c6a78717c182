package io.orrery.process;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * Reads one token after the other, and says where the text is wrong. It works on the bytes, and
 * puts what an escape stands for where the escape was: the orders of a worker have megabytes, and
 * the runner's heap has room for no copies of them.
 */
final class FlatJsonReader {
  private final byte[] text;
  private int at;

  /** {@code text} is UTF-8, and this reader's own from now on. */
  FlatJsonReader(byte[] text) {
    this.text = text;
  }

  boolean skip(char wanted) {
    blanks();
    if (at < text.length && text[at] == wanted) {
      at++;
      return true;
    }
    return false;
  }

  void expect(char wanted) throws IOException {
    if (!skip(wanted)) {
      throw wrong("'" + wanted + "' expected");
    }
  }

  void expectEnd() throws IOException {
    blanks();
    if (at < text.length) {
      throw wrong("end expected");
    }
  }

  Object value() throws IOException {
    blanks();
    if (skipWord("true")) {
      return true;
    }
    if (skipWord("false")) {
      return false;
    }
    if (at < text.length && text[at] == '"') {
      return string();
    }
    return at < text.length && text[at] == '[' ? list() : number();
  }

  private boolean skipWord(String word) {
    boolean there = latin(at, Math.min(text.length, at + word.length())).equals(word);
    at += there ? word.length() : 0;
    return there;
  }

  private String latin(int start, int end) {
    return new String(text, start, end - start, StandardCharsets.ISO_8859_1);
  }

  String string() throws IOException {
    expect('"');
    int start = at;
    int end = at;
    while (at < text.length && text[at] != '"') {
      byte next = text[at++];
      if (next == '\\') {
        end = escaped(end);
      } else {
        text[end++] = next;
      }
    }
    if (at >= text.length) {
      throw wrong("end of a string expected");
    }
    at++;
    return new String(text, start, end - start, StandardCharsets.UTF_8);
  }

  /** Puts what the escape stands for at {@code end}, and answers with the place after it. */
  private int escaped(int end) throws IOException {
    char c = at < text.length ? (char) text[at++] : 0;
    int point =
        switch (c) {
          case '"', '\\', '/' -> c;
          case 'n' -> '\n';
          case 't' -> '\t';
          case 'r' -> '\r';
          case 'b' -> '\b';
          case 'f' -> '\f';
          case 'u' -> codePoint();
          default -> throw wrong("unknown escape");
        };
    if (point < 0x80) {
      text[end] = (byte) point;
      return end + 1;
    }
    byte[] bytes = Character.toString(point).getBytes(StandardCharsets.UTF_8);
    System.arraycopy(bytes, 0, text, end, bytes.length);
    return end + bytes.length;
  }

  /** What is beyond the first plane takes two escapes. */
  private int codePoint() throws IOException {
    char first = hexadecimal();
    if (!Character.isHighSurrogate(first) || !skipWord("\\u")) {
      return first;
    }
    char second = hexadecimal();
    if (!Character.isLowSurrogate(second)) {
      throw wrong("half of a character");
    }
    return Character.toCodePoint(first, second);
  }

  private char hexadecimal() throws IOException {
    int end = at + 4;
    if (end > text.length || !latin(at, end).matches("[0-9a-fA-F]{4}")) {
      throw wrong("four hexadecimal digits expected");
    }
    char c = (char) Integer.parseInt(latin(at, end), 16);
    at = end;
    return c;
  }

  private List<Object> list() throws IOException {
    List<Object> values = new ArrayList<>();
    expect('[');
    if (!skip(']')) {
      do {
        blanks();
        values.add(at < text.length && text[at] == '"' ? string() : number());
      } while (skip(','));
      expect(']');
    }
    return values;
  }

  private long number() throws IOException {
    blanks();
    int start = at;
    while (at < text.length && "-0123456789".indexOf(text[at]) >= 0) {
      at++;
    }
    try {
      return Long.parseLong(latin(start, at));
    } catch (NumberFormatException e) {
      throw wrong("value expected");
    }
  }

  private void blanks() {
    while (at < text.length && " \t\r\n".indexOf(text[at]) >= 0) {
      at++;
    }
  }

  private IOException wrong(String what) {
    return new IOException(what + " at byte " + at);
  }
}
