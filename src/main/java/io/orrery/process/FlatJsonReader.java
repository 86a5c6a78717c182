package io.orrery.process;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** Reads one token after the other, and says where the text is wrong. */
final class FlatJsonReader {
  private final String text;
  private int at;

  FlatJsonReader(String text) {
    this.text = text;
  }

  boolean skip(char wanted) {
    blanks();
    if (at < text.length() && text.charAt(at) == wanted) {
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
    if (at < text.length()) {
      throw wrong("end expected");
    }
  }

  Object value() throws IOException {
    blanks();
    if (text.startsWith("true", at)) {
      at += 4;
      return true;
    }
    if (text.startsWith("false", at)) {
      at += 5;
      return false;
    }
    if (at < text.length() && text.charAt(at) == '"') {
      return string();
    }
    return at < text.length() && text.charAt(at) == '[' ? list() : number();
  }

  String string() throws IOException {
    expect('"');
    StringBuilder out = new StringBuilder();
    while (at < text.length() && text.charAt(at) != '"') {
      char c = text.charAt(at++);
      out.append(c == '\\' ? escaped() : c);
    }
    if (at >= text.length()) {
      throw wrong("end of a string expected");
    }
    at++;
    return out.toString();
  }

  private char escaped() throws IOException {
    char c = at < text.length() ? text.charAt(at++) : 0;
    return switch (c) {
      case '"', '\\', '/' -> c;
      case 'n' -> '\n';
      case 't' -> '\t';
      case 'r' -> '\r';
      case 'b' -> '\b';
      case 'f' -> '\f';
      case 'u' -> hexadecimal();
      default -> throw wrong("unknown escape");
    };
  }

  private char hexadecimal() throws IOException {
    int end = at + 4;
    if (end > text.length() || !text.substring(at, end).matches("[0-9a-fA-F]{4}")) {
      throw wrong("four hexadecimal digits expected");
    }
    char c = (char) Integer.parseInt(text.substring(at, end), 16);
    at = end;
    return c;
  }

  private List<Object> list() throws IOException {
    List<Object> values = new ArrayList<>();
    expect('[');
    if (!skip(']')) {
      do {
        blanks();
        values.add(text.startsWith("\"", at) ? string() : number());
      } while (skip(','));
      expect(']');
    }
    return values;
  }

  private long number() throws IOException {
    blanks();
    int start = at;
    while (at < text.length() && "-0123456789".indexOf(text.charAt(at)) >= 0) {
      at++;
    }
    try {
      return Long.parseLong(text.substring(start, at));
    } catch (NumberFormatException e) {
      throw wrong("value expected");
    }
  }

  private void blanks() {
    while (at < text.length() && " \t\r\n".indexOf(text.charAt(at)) >= 0) {
      at++;
    }
  }

  private IOException wrong(String what) {
    return new IOException(what + " at character " + at);
  }
}
