package io.orrery.job;

import java.util.List;

/** A page of a list of jobs, the newest first, and the token of the next page or "". */
public record JobPage(List<Job> jobs, String nextPageToken) {
  /** The most jobs of one page. */
  public static final int MAX_SIZE = 1000;

  private static final int DEFAULT_SIZE = 100;

  public JobPage {
    jobs = List.copyOf(jobs);
  }

  /**
   * The number of jobs of a page for a {@code page_size}: 0 is 100, more than 1000 is 1000 (AIP-158).
   *
   * @throws ApiException with {@link Reason#INVALID_REQUEST} when it is negative
   */
  public static int size(int requested) {
    if (requested < 0) {
      throw ApiException.invalid("page_size", "must be 0 to 1000, and is " + requested);
    }
    return requested == 0 ? DEFAULT_SIZE : Math.min(requested, MAX_SIZE);
  }

  /** The first {@code size} of the jobs that were found, which may be more by one or more. */
  public static JobPage of(List<Job> found, int size) {
    if (found.size() <= size) {
      return new JobPage(found, "");
    }
    List<Job> jobs = found.subList(0, size);
    return new JobPage(jobs, JobPosition.of(jobs.getLast()).token());
  }
}
