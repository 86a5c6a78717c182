package io.orrery.job;

import java.util.Locale;
import java.util.UUID;
import java.util.regex.Pattern;

/** A job's id: a UUID in its canonical form of 36 lower-case characters (RFC 9562). */
public record JobId(String value) implements Comparable<JobId> {
  private static final Pattern UUID_FORM =
      Pattern.compile("[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}");

  /**
   * Checks the form, and makes the letters small.
   *
   * @throws ApiException with {@link Reason#INVALID_REQUEST} when the value is not a UUID
   */
  public JobId {
    value = value.toLowerCase(Locale.ROOT);
    if (!UUID_FORM.matcher(value).matches()) {
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
    return UUID_FORM.matcher(text.toLowerCase(Locale.ROOT)).matches();
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
