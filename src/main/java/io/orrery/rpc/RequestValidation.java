package io.orrery.rpc;

import io.orrery.job.ApiException;
import io.orrery.v1.OutputStream;
import io.orrery.v1.SignalJobRequest;
import io.orrery.v1.StopJobRequest;
import io.orrery.v1.StreamJobRequest;
import java.time.Duration;

/** What the other requests about jobs must be before anything is done about them. */
public final class RequestValidation {
  private static final int MAX_SIGNAL = 64; // SIGRTMAX, signal(7)
  private static final int MAX_ID = 36;
  private static final Duration LONGEST = Duration.ofDays(3650);

  private RequestValidation() {}

  /**
   * Checks every field of a StopJob request.
   *
   * @throws ApiException INVALID_REQUEST with one violation for each wrong field
   */
  public static void check(StopJobRequest request) {
    Violations violations = new Violations();
    jobId(request.getJobId(), violations);
    violations.range("signal", request.getSignal(), 0, MAX_SIGNAL);
    if (request.hasGrace()) {
      violations.duration("grace", request.getGrace(), Duration.ZERO, LONGEST);
    }
    violations.check();
  }

  /**
   * Checks every field of a SignalJob request.
   *
   * @throws ApiException INVALID_REQUEST with one violation for each wrong field
   */
  public static void check(SignalJobRequest request) {
    Violations violations = new Violations();
    jobId(request.getJobId(), violations);
    violations.range("signal", request.getSignal(), 1, MAX_SIGNAL);
    violations.check();
  }

  /**
   * Checks every field of a StreamJob request.
   *
   * @throws ApiException INVALID_REQUEST with one violation for each wrong field
   */
  public static void check(StreamJobRequest request) {
    Violations violations = new Violations();
    jobId(request.getJobId(), violations);
    notNegative("from.stdout_offset", request.getFrom().getStdoutOffset(), violations);
    notNegative("from.stderr_offset", request.getFrom().getStderrOffset(), violations);
    notNegative("last_lines", request.getLastLines(), violations);
    notNegative("last_bytes", request.getLastBytes(), violations);
    violations.time("since", request.getSince());
    violations.require(
        request.getStream() != OutputStream.UNRECOGNIZED, "stream", "is not known here");
    violations.check();
  }

  private static void jobId(String jobId, Violations violations) {
    violations.require(
        !jobId.isEmpty() && jobId.length() <= MAX_ID,
        "job_id",
        "must be a job's id, or the first characters of one");
  }

  private static void notNegative(String field, long value, Violations violations) {
    violations.require(value >= 0, field, "must not be negative, and is " + value);
  }
}
