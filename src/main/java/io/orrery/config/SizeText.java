package io.orrery.config;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Reads sizes in bytes as people write them: {@code "64MiB"}, {@code "512"}. */
public final class SizeText {
  private static final Pattern SYNTAX = Pattern.compile("(\\d{1,9})(|B|KiB|MiB|GiB|TiB)");

  private SizeText() {}

  /**
   * Reads a whole number of at most nine digits and a binary unit (IEC 80000-13: KiB = 1024 B).
   *
   * @return bytes
   * @throws IllegalArgumentException with a message that says what is expected
   */
  public static long parse(String text) {
    Matcher matcher = SYNTAX.matcher(text);
    if (!matcher.matches()) {
      throw new IllegalArgumentException(
          "must be a size like \"512B\", \"64KiB\", \"64MiB\" or \"2GiB\", not "
              + ShownValue.of(text));
    }
    long amount = Long.parseLong(matcher.group(1));
    return switch (matcher.group(2)) {
      case "KiB" -> amount << 10;
      case "MiB" -> amount << 20;
      case "GiB" -> amount << 30;
      case "TiB" -> amount << 40;
      default -> amount;
    };
  }
}
