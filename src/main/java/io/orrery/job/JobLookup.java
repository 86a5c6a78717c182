package io.orrery.job;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.NavigableMap;
import java.util.function.Predicate;

/** Finds the one job that somebody means by the first characters of its id. */
public final class JobLookup {
  private JobLookup() {}

  /**
   * The one value whose key is this id, or starts so, among those that are visible; others do not
   * make it ambiguous.
   *
   * @param jobs by whole id, in small letters
   * @throws ApiException with {@link Reason#JOB_NOT_FOUND}, {@link Reason#JOB_AMBIGUOUS}, or {@link
   *     Reason#INVALID_REQUEST} when the text is empty
   */
  public static <T> T unique(
      NavigableMap<String, T> jobs, String idOrPrefix, Predicate<T> visible) {
    if (idOrPrefix.isEmpty()) {
      throw ApiException.invalid("job_id", "must not be empty");
    }
    String prefix = idOrPrefix.toLowerCase(Locale.ROOT);
    // Not by a stream of the tail map, which first counts all that is behind the prefix.
    List<T> matches = new ArrayList<>(2);
    Map.Entry<String, T> next = jobs.ceilingEntry(prefix);
    while (next != null && next.getKey().startsWith(prefix) && matches.size() < 2) {
      if (visible.test(next.getValue())) {
        matches.add(next.getValue());
      }
      next = jobs.higherEntry(next.getKey());
    }
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
