package io.orrery.job;

import java.util.Locale;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A job's id: a UUID, written in its canonical form of 36 lower-case characters (RFC 9562). It is
 * kept as its 128 bits, a third of what the text takes, since there may be millions of them.
 */
public final class JobId implements Comparable<JobId> {
  private static final int LENGTH = 36;

  private final long high;
  private final long low;

  /**
   * Reads letters of both cases.
   *
   * @throws ApiException with {@link Reason#INVALID_REQUEST} when the text is not a UUID
   */
  public JobId(String text) {
    if (!isWhole(text)) {
      throw ApiException.invalid(
          "job_id",
          "must be a UUID of 36 characters, and is '" + text.toLowerCase(Locale.ROOT) + "'");
    }
    UUID id = UUID.fromString(text);
    high = id.getMostSignificantBits();
    low = id.getLeastSignificantBits();
  }

  private JobId(UUID id) {
    high = id.getMostSignificantBits();
    low = id.getLeastSignificantBits();
  }

  /** A new id that nobody has. */
  public static JobId random() {
    return new JobId(UUID.randomUUID());
  }

  /**
   * Whether the text is a whole id, and not the first characters of one: 8-4-4-4-12 hexadecimal
   * digits.
   */
  public static boolean isWhole(String text) {
    if (text.length() != LENGTH) {
      return false;
    }
    for (int i = 0; i < LENGTH; i++) {
      char c = text.charAt(i);
      boolean hyphen = i == 8 || i == 13 || i == 18 || i == 23;
      if (hyphen ? c != '-' : !isDigit(c)) {
        return false;
      }
    }
    return true;
  }

  private static boolean isDigit(char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
  }

  /** The canonical text. */
  public String value() {
    return new UUID(high, low).toString();
  }

  /** The first digits, so many bits of them: 1 to 31. */
  int first(int bits) {
    return (int) (high >>> (Long.SIZE - bits));
  }

  /** A mix of all bits, which with factors that nobody knows cannot be foreseen. */
  long mixed(long highFactor, long lowFactor) {
    return high * highFactor + low * lowFactor;
  }

  /** In the order of the texts. */
  @Override
  public int compareTo(JobId other) {
    int byHigh = Long.compareUnsigned(high, other.high);
    return byHigh != 0 ? byHigh : Long.compareUnsigned(low, other.low);
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof JobId id && high == id.high && low == id.low;
  }

  @Override
  public int hashCode() {
    return Long.hashCode(high ^ low);
  }

  @Override
  public String toString() {
    return value();
  }
}
