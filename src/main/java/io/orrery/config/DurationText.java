package io.orrery.config;

import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Reads and writes durations as people do: a whole number and one unit, {@code "10s"}. */
public final class DurationText {
  private static final Pattern SYNTAX = Pattern.compile("(\\d{1,9})(ms|s|m|h|d)");

  private DurationText() {}

  /**
   * Reads one of {@code ms}, {@code s}, {@code m}, {@code h}, {@code d} (24 hours) after a whole
   * number of at most nine digits.
   *
   * @throws IllegalArgumentException with a message that says what is expected
   */
  public static Duration parse(String text) {
    Matcher matcher = SYNTAX.matcher(text);
    if (!matcher.matches()) {
      throw new IllegalArgumentException(
          "must be a duration like \"500ms\", \"10s\", \"5m\", \"2h\" or \"1d\", not "
              + ShownValue.of(text));
    }
    long amount = Long.parseLong(matcher.group(1));
    return switch (matcher.group(2)) {
      case "ms" -> Duration.ofMillis(amount);
      case "s" -> Duration.ofSeconds(amount);
      case "m" -> Duration.ofMinutes(amount);
      case "h" -> Duration.ofHours(amount);
      default -> Duration.ofDays(amount);
    };
  }

  /** Writes the duration with the largest unit that divides it; below a millisecond is cut off. */
  public static String format(Duration duration) {
    long millis = duration.toMillis();
    if (millis == 0 || millis % 1_000 != 0) {
      return millis + "ms";
    }
    if (millis % 60_000 != 0) {
      return millis / 1_000 + "s";
    }
    if (millis % 3_600_000 != 0) {
      return millis / 60_000 + "m";
    }
    return millis % 86_400_000 != 0 ? millis / 3_600_000 + "h" : millis / 86_400_000 + "d";
  }
}
