package io.orrery.rpc;

import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The header {@code grpc-timeout}: up to eight digits and a unit (gRPC over HTTP/2, "Timeout").
 * Vert.x reads {@code 1n} as no timeout at all, so that it is read here.
 */
final class GrpcTimeout {
  private static final Pattern FORM = Pattern.compile("([0-9]{1,8})([HMSmun])");
  private static final long MOST = 99_999_999;

  private GrpcTimeout() {}

  /** The time of a header; null where there is none, or where it is not one and is ignored. */
  static @Nullable Duration parse(@Nullable String header) {
    Matcher matcher = FORM.matcher(header == null ? "" : header);
    return matcher.matches()
        ? Duration.of(Long.parseLong(matcher.group(1)), unit(matcher.group(2)))
        : null;
  }

  /** The header for a time, rounded up: at least a millisecond, at most 99,999,999 seconds. */
  static String format(Duration timeout) {
    long millis = Math.max(1, timeout.plusNanos(999_999).toMillis());
    return millis <= MOST ? millis + "m" : Math.min(MOST, millis / 1000 + 1) + "S";
  }

  private static ChronoUnit unit(String letter) {
    return switch (letter) {
      case "H" -> ChronoUnit.HOURS;
      case "M" -> ChronoUnit.MINUTES;
      case "S" -> ChronoUnit.SECONDS;
      case "m" -> ChronoUnit.MILLIS;
      case "u" -> ChronoUnit.MICROS;
      default -> ChronoUnit.NANOS;
    };
  }
}
