package io.orrery.job;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Predicate;

/** Finds the one job that somebody means by the first characters of its id. */
public final class JobLookup {
  private JobLookup() {}

  /**
   * The one value whose id is this, or starts so, among those that are visible; others do not make
   * it ambiguous.
   *
   * @throws ApiException with {@link Reason#JOB_NOT_FOUND}, {@link Reason#JOB_AMBIGUOUS}, or {@link
   *     Reason#INVALID_REQUEST} when the text is empty
   */
  public static <T> T unique(JobMap<T> jobs, String idOrPrefix, Predicate<T> visible) {
    if (idOrPrefix.isEmpty()) {
      throw ApiException.invalid("job_id", "must not be empty");
    }
    List<T> matches =
        jobs.startingWith(idOrPrefix.toLowerCase(Locale.ROOT)).filter(visible).limit(2).toList();
    if (matches.isEmpty()) {
      throw ApiException.jobNotFound(idOrPrefix);
    }
    if (matches.size() > 1) {
      throw new ApiException(
          Reason.JOB_AMBIGUOUS,
          "several jobs have ids that start with " + idOrPrefix + "; give more of it",
          Map.of("job_id", idOrPrefix));
    }
    return matches.getFirst();
  }
}
