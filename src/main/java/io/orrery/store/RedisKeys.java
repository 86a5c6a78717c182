package io.orrery.store;

import io.orrery.job.JobPosition;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;

/**
 * How numbers and index terms are spelled in Redis.
 *
 * <p>The members of the sorted sets all have the score 0 and are ordered by their bytes: a score is
 * a double, which is exact to 2^53 only, and times and sequences go further. So each member begins
 * with its number as sixteen hexadecimal digits whose order is that of the numbers.
 */
final class RedisKeys {
  private static final HexFormat HEX = HexFormat.of();

  private RedisKeys() {}

  /** Digits that are ordered as the numbers are. */
  static String ascending(long number) {
    return HEX.toHexDigits(number ^ Long.MIN_VALUE);
  }

  /** Digits that are ordered against the numbers. */
  static String descending(long number) {
    return ascending(~number);
  }

  /** The number that the digits are of. */
  static long fromAscending(String digits) {
    return HexFormat.fromHexDigitsToLong(digits) ^ Long.MIN_VALUE;
  }

  static long fromDescending(String digits) {
    return ~fromAscending(digits);
  }

  static String position(JobPosition position) {
    return descending(EpochNanos.of(position.createTime())) + position.id();
  }

  /** "" for a job that has not ended. */
  static String end(@Nullable Instant time) {
    return time == null ? "" : ascending(EpochNanos.of(time));
  }

  /** What the name of the term's sorted set ends with; the script {@code INDEXES} spells it too. */
  static String index(IndexTerm term) {
    return switch (term.kind()) {
      case ALL -> "all";
      case OWNER -> "owner:" + term.value();
      case WORKER -> "worker:" + term.value();
      case STATE -> "state:" + term.value();
      case LABEL ->
          "label:"
              + term.name().getBytes(StandardCharsets.UTF_8).length
              + ":"
              + term.name()
              + "="
              + term.value();
      case ID_PREFIX -> "ids";
    };
  }
}
