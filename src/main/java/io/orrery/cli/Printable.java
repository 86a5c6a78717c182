package io.orrery.cli;

/** Makes texts of others harmless for a terminal and for one line. */
final class Printable {
  private Printable() {}

  /** Control characters become {@code \x1b}, the rest stays. */
  static String text(String text) {
    for (int i = 0; i < text.length(); i++) {
      if (Character.isISOControl(text.charAt(i))) {
        return escaped(text);
      }
    }
    return text;
  }

  private static String escaped(String text) {
    StringBuilder escaped = new StringBuilder(text.length() + 16);
    for (int i = 0; i < text.length(); i++) {
      char character = text.charAt(i);
      if (Character.isISOControl(character)) {
        escaped
            .append("\\x")
            .append(Character.forDigit(character >> 4, 16))
            .append(Character.forDigit(character & 15, 16));
      } else {
        escaped.append(character);
      }
    }
    return escaped.toString();
  }

  /** The text, or so many characters of it and an ellipsis. */
  static String cut(String text, int most) {
    String printable = text(text);
    return printable.length() <= most ? printable : printable.substring(0, most - 1) + "…";
  }
}
