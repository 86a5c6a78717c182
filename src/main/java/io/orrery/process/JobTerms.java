package io.orrery.process;

import io.orrery.job.StopLimit;
import java.nio.file.Path;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * One attempt of a job, and how long it may take.
 *
 * @param directory the job directory, which exists
 * @param timeout how long the job may run before it is stopped; null is for ever
 * @param stopGrace the time from SIGTERM to SIGKILL after the timeout, and for what the main
 *     process left behind
 * @param streamLimit what each of its streams may hold, to which the runner holds it while no
 *     worker does
 */
public record JobTerms(
    String jobId,
    int attempt,
    Path directory,
    @Nullable Duration timeout,
    Duration stopGrace,
    StopLimit streamLimit) {
  public JobTerms {
    if (stopGrace.isNegative() || (timeout != null && timeout.isNegative())) {
      throw new IllegalArgumentException("a duration is negative");
    }
  }

  /** One whose streams have no limit. */
  public JobTerms(
      String jobId, int attempt, Path directory, @Nullable Duration timeout, Duration stopGrace) {
    this(jobId, attempt, directory, timeout, stopGrace, StopLimit.NONE);
  }

  /** What the processes of an attempt are known by, see {@link Proc#cookieOf}. */
  public String cookie() {
    return cookie(jobId, attempt);
  }

  /** The same of any attempt: another one may run beside it, when a lost worker was not dead. */
  public static String cookie(String jobId, int attempt) {
    return attempt <= 1 ? jobId : jobId + "/" + attempt;
  }
}
