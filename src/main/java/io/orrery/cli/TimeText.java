package io.orrery.cli;

import com.google.protobuf.Duration;
import com.google.protobuf.Timestamp;
import java.time.LocalDateTime;
import java.time.ZoneOffset;

/** Writes times in UTC (RFC 3339) and durations briefly; without the JDK's slow formatters. */
final class TimeText {
  private TimeText() {}

  /** To the second: {@code 2026-11-24T04:17:38Z}. */
  static String seconds(Timestamp time) {
    return day(time).append('Z').toString();
  }

  /** To the microsecond: {@code 2026-11-24T04:17:38.123456Z}. */
  static String micros(Timestamp time) {
    StringBuilder text = day(time).append('.');
    String micros = Integer.toString(fraction(time) / 1000);
    return text.repeat("0", 6 - micros.length()).append(micros).append('Z').toString();
  }

  @SuppressWarnings("ProtoTimestampGetSecondsGetNano")
  private static int fraction(Timestamp time) {
    return time.getNanos();
  }

  private static StringBuilder day(Timestamp time) {
    LocalDateTime date = LocalDateTime.ofEpochSecond(time.getSeconds(), 0, ZoneOffset.UTC);
    StringBuilder text = new StringBuilder(28).append(date.getYear());
    two(text.append('-'), date.getMonthValue());
    two(text.append('-'), date.getDayOfMonth());
    two(text.append('T'), date.getHour());
    two(text.append(':'), date.getMinute());
    two(text.append(':'), date.getSecond());
    return text;
  }

  private static void two(StringBuilder text, int number) {
    text.append((char) ('0' + number / 10)).append((char) ('0' + number % 10));
  }

  /** The time from one to the other: {@code 0.42s}, {@code 12s}, {@code 3m20s}, {@code 2h5m}. */
  static String between(Timestamp from, Timestamp to) {
    return millis(millisOf(to) - millisOf(from));
  }

  static String of(Duration duration) {
    return millis(duration.getSeconds() * 1000 + duration.getNanos() / 1_000_000);
  }

  private static long millisOf(Timestamp time) {
    return time.getSeconds() * 1000 + time.getNanos() / 1_000_000;
  }

  static String millis(long duration) {
    long millis = Math.max(0, duration);
    long seconds = millis / 1000;
    if (seconds < 10) {
      String hundredths = Long.toString(millis % 1000 / 10);
      return seconds + "." + (hundredths.length() < 2 ? "0" : "") + hundredths + "s";
    }
    if (seconds < 60) {
      return seconds + "s";
    }
    if (seconds < 3600) {
      return seconds / 60 + "m" + seconds % 60 + "s";
    }
    if (seconds < 86_400) {
      return seconds / 3600 + "h" + seconds / 60 % 60 + "m";
    }
    return seconds / 86_400 + "d" + seconds / 3600 % 24 + "h";
  }
}
