package io.orrery.rpc;

import io.orrery.job.ApiException;
import io.orrery.v1.AttachJobRequest;
import io.orrery.v1.AttachStart;
import io.orrery.v1.DrainWorkerRequest;
import io.orrery.v1.OutputStream;
import io.orrery.v1.SignalJobRequest;
import io.orrery.v1.StopJobRequest;
import io.orrery.v1.StreamJobRequest;
import java.time.Duration;

/** What the other requests about jobs must be before anything is done about them. */
public final class RequestValidation {
  private static final int MAX_SIGNAL = 64; // SIGRTMAX, signal(7)
  private static final int MAX_ID = 36;
  private static final int MAX_REASON_BYTES = 1_000;
  static final int MAX_TERMINAL_SIZE = 65_535; // unsigned short, TIOCSWINSZ in tty_ioctl(4)
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
   * Passes, or throws with every violation.
   *
   * @throws io.orrery.job.ApiException INVALID_REQUEST
   */
  public static void check(DrainWorkerRequest request) {
    Violations violations = new Violations();
    violations.text("reason", request.getReason(), MAX_REASON_BYTES);
    violations.require(
        request.getReason().chars().noneMatch(Character::isISOControl),
        "reason",
        "must be one line without control characters");
    if (request.hasDeadline()) {
      violations.duration("deadline", request.getDeadline(), Duration.ZERO, LONGEST);
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

  /**
   * Checks the first message of AttachJob.
   *
   * @throws ApiException INVALID_REQUEST with one violation for each wrong field
   */
  public static void checkFirst(AttachJobRequest request) {
    Violations violations = new Violations();
    AttachStart start = request.getStart();
    violations.require(request.hasStart(), "start", "must be the first message");
    if (request.hasStart()) {
      jobId(start.getJobId(), violations);
    }
    notNegative("start.from.stdout_offset", start.getFrom().getStdoutOffset(), violations);
    notNegative("start.from.stderr_offset", start.getFrom().getStderrOffset(), violations);
    notNegative("start.stdin_offset", start.getStdinOffset(), violations);
    violations.check();
  }

  /**
   * Checks a later message of AttachJob.
   *
   * @throws ApiException INVALID_REQUEST with one violation for each wrong field
   */
  public static void checkNext(AttachJobRequest request) {
    Violations violations = new Violations();
    violations.require(!request.hasStart(), "start", "must be the first message alone");
    if (request.hasResize()) {
      violations.range("resize.rows", request.getResize().getRows(), 1, MAX_TERMINAL_SIZE);
      violations.range("resize.columns", request.getResize().getColumns(), 1, MAX_TERMINAL_SIZE);
    }
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
