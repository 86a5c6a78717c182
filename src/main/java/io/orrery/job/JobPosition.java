package io.orrery.job;

import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.Base64;
import java.util.Comparator;

/** A job's place in a list: the newest first, and by id where two are of one time. */
public record JobPosition(Instant createTime, JobId id) implements Comparable<JobPosition> {
  private static final Comparator<JobPosition> NEWEST_FIRST =
      Comparator.comparing(JobPosition::createTime).reversed().thenComparing(JobPosition::id);

  public static JobPosition of(Job job) {
    return new JobPosition(job.createTime(), job.id());
  }

  @Override
  public int compareTo(JobPosition other) {
    return NEWEST_FIRST.compare(this, other);
  }

  /** The page token that continues after this job. */
  public String token() {
    String text = createTime.getEpochSecond() + "." + createTime.getNano() + "." + id;
    return Base64.getUrlEncoder()
        .withoutPadding()
        .encodeToString(text.getBytes(StandardCharsets.US_ASCII));
  }

  /**
   * Reads a page token.
   *
   * @throws ApiException with {@link Reason#INVALID_REQUEST} when it is not a token of ours
   */
  public static JobPosition parse(String token) {
    try {
      String text = new String(Base64.getUrlDecoder().decode(token), StandardCharsets.US_ASCII);
      String[] parts = text.split("\\.", 3);
      if (parts.length == 3) {
        Instant time = Instant.ofEpochSecond(Long.parseLong(parts[0]), Long.parseLong(parts[1]));
        return new JobPosition(time, new JobId(parts[2]));
      }
    } catch (IllegalArgumentException
        | ArithmeticException
        | DateTimeException
        | ApiException notOurs) {
      // Told below, as for any other text.
    }
    throw ApiException.invalid("page_token", "must be the next_page_token of the answer before");
  }
}
