package io.orrery.job;

import java.util.Locale;
import java.util.UUID;

/** A job's id: a UUID in its canonical form of 36 lower-case characters (RFC 9562). */
public record JobId(String value) implements Comparable<JobId> {
  private static final int LENGTH = 36;

  /**
   * Checks the form, and makes the letters small.
   *
   * @throws ApiException with {@link Reason#INVALID_REQUEST} when the value is not a UUID
   */
  public JobId {
    value = value.toLowerCase(Locale.ROOT);
    if (!isCanonical(value)) {
      throw ApiException.invalid(
          "job_id", "must be a UUID of 36 characters, and is '" + value + "'");
    }
  }

  /** A new id that nobody has. */
  public static JobId random() {
    return new JobId(UUID.randomUUID().toString());
  }

  /** Whether the text is a whole id, and not the first characters of one. */
  public static boolean isWhole(String text) {
    return isCanonical(text.toLowerCase(Locale.ROOT));
  }

  /** 8-4-4-4-12 hexadecimal digits; by hand, as a million ids are read when a scheduler starts. */
  private static boolean isCanonical(String text) {
    if (text.length() != LENGTH) {
      return false;
    }
    for (int i = 0; i < LENGTH; i++) {
      char c = text.charAt(i);
      boolean hyphen = i == 8 || i == 13 || i == 18 || i == 23;
      boolean digit = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');
      if (hyphen ? c != '-' : !digit) {
        return false;
      }
    }
    return true;
  }

  @Override
  public int compareTo(JobId other) {
    return value.compareTo(other.value);
  }

  @Override
  public String toString() {
    return value;
  }
}
