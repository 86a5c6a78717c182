package io.orrery.process;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The little JSON that a record of this package needs: one object of strings, whole numbers,
 * booleans, and arrays of whole numbers or of strings.
 */
final class FlatJson {
  private static final HexFormat HEX = HexFormat.of();

  private FlatJson() {}

  /** Values are String, Long, Integer, Boolean, or a List of Integer or of String. */
  static String write(Map<String, Object> fields) {
    StringBuilder out = new StringBuilder("{");
    fields.forEach(
        (name, value) -> {
          out.append(out.length() == 1 ? "\n  " : ",\n  ");
          quote(out, name, ' ');
          out.append(": ");
          value(out, value, ", ", ' ');
        });
    return out.append("\n}\n").toString();
  }

  /**
   * The same for {@link #read} alone: without blanks, and with control characters as they are, so
   * that at most every second byte of the text is not from the fields.
   */
  static String compact(Map<String, Object> fields) {
    StringBuilder out = new StringBuilder("{");
    fields.forEach(
        (name, value) -> {
          out.append(out.length() == 1 ? "" : ",");
          quote(out, name, 0);
          out.append(':');
          value(out, value, ",", 0);
        });
    return out.append('}').toString();
  }

  private static void value(StringBuilder out, Object value, String separator, int plainFrom) {
    switch (value) {
      case String text -> quote(out, text, plainFrom);
      case List<?> list -> {
        out.append('[');
        String between = "";
        for (Object each : list) {
          out.append(between);
          value(out, each, separator, plainFrom);
          between = separator;
        }
        out.append(']');
      }
      default -> out.append(value);
    }
  }

  /** Characters below {@code plainFrom} are escaped too. */
  private static void quote(StringBuilder out, String text, int plainFrom) {
    out.append('"');
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == '"' || c == '\\') {
        out.append('\\').append(c);
      } else if (c < plainFrom) {
        out.append("\\u00").append(HEX.toHexDigits((byte) c));
      } else {
        out.append(c);
      }
    }
    out.append('"');
  }

  /** Values are String, Long, Boolean, or a List of Long or of String. */
  static Map<String, Object> read(String text) throws IOException {
    return read(text.getBytes(StandardCharsets.UTF_8));
  }

  /** The same of UTF-8, which is not to be used any more after it. */
  static Map<String, Object> read(byte[] text) throws IOException {
    FlatJsonReader reader = new FlatJsonReader(text);
    Map<String, Object> fields = new LinkedHashMap<>();
    reader.expect('{');
    if (!reader.skip('}')) {
      do {
        String name = reader.string();
        reader.expect(':');
        if (fields.put(name, reader.value()) != null) {
          throw new IOException("'" + name + "' appears twice");
        }
      } while (reader.skip(','));
      reader.expect('}');
    }
    reader.expectEnd();
    return fields;
  }
}
