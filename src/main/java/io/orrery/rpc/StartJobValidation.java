package io.orrery.rpc;

import io.orrery.job.ApiException;
import io.orrery.job.JobId;
import io.orrery.v1.OutputLimitPolicy;
import io.orrery.v1.OutputPolicy;
import io.orrery.v1.StartJobRequest;
import io.orrery.v1.StdinMode;
import io.orrery.v1.Terminal;
import java.time.Duration;
import java.util.regex.Pattern;

/**
 * What a StartJobRequest must be before anything is done about it. Whether the script is there, the
 * user exists or the limits can be enforced is for the worker to say.
 */
public final class StartJobValidation {
  private static final int MAX_STDIN = 1 << 20;

  /** So that a job fits into a message together with what becomes of it. */
  private static final int MAX_REQUEST = RpcLimits.DEFAULT.maxMessageBytes() - (64 << 10);

  private static final int MAX_NAME = 255;
  private static final int MAX_SELECTOR = 4096;
  private static final int MAX_PRIORITY = 1000;
  private static final int MAX_ATTEMPTS = 100;
  private static final int MAX_TERMINAL_SIZE = RequestValidation.MAX_TERMINAL_SIZE;
  private static final Duration LONGEST = Duration.ofDays(3650);
  private static final Pattern TERM = Pattern.compile("[A-Za-z0-9._+-]{0,64}");
  private static final Pattern USER = Pattern.compile("([A-Za-z0-9_][A-Za-z0-9_.-]{0,31})?");

  private final StartJobRequest request;
  private final Violations violations = new Violations();

  private StartJobValidation(StartJobRequest request) {
    this.request = request;
  }

  /**
   * Checks every field.
   *
   * @throws ApiException INVALID_REQUEST with one violation for each wrong field; UNSUPPORTED for
   *     fields of a later version: a job that has run cannot be taken back
   */
  public static void check(StartJobRequest request) {
    UnknownFields.refuse(request);
    StartJobValidation validation = new StartJobValidation(request);
    validation.identity();
    CommandRules.check(request, validation.violations);
    validation.stdin();
    validation.durations();
    LimitRules.check(request.getLimits(), validation.violations);
    LabelRules.check("labels", request.getLabelsMap(), validation.violations);
    validation.output(request.getOutput());
    validation.terminal(request.getTerminal());
    validation.placement();
    validation.size();
    validation.violations.check();
  }

  /** Short arguments and variables cost more bytes in a message than they have themselves. */
  private void size() {
    int bytes = request.getSerializedSize();
    violations.require(
        bytes <= MAX_REQUEST,
        "args",
        "must leave the request at most " + MAX_REQUEST + " bytes in all, and it has " + bytes);
  }

  private void identity() {
    violations.require(
        request.getJobId().isEmpty() || JobId.isWhole(request.getJobId()),
        "job_id",
        "must be a UUID of 36 characters, or empty");
    violations.text("worker_id", request.getWorkerId(), MAX_NAME);
    violations.require(
        USER.matcher(request.getRunAs()).matches(),
        "run_as",
        "must be the name or number of a user, or empty");
  }

  private void stdin() {
    int bytes = request.getStdin().size();
    StdinMode mode = request.getStdinMode();
    violations.require(
        bytes <= MAX_STDIN, "stdin", "must have at most 1048576 bytes, and has " + bytes);
    violations.require(mode != StdinMode.UNRECOGNIZED, "stdin_mode", "is not known here");
    violations.require(
        bytes == 0 || (mode != StdinMode.STDIN_MODE_NONE && mode != StdinMode.STDIN_MODE_LIVE),
        "stdin",
        "must be empty with this stdin_mode");
    violations.require(
        !request.hasTerminal()
            || (bytes == 0
                && (mode == StdinMode.STDIN_MODE_UNSPECIFIED || mode == StdinMode.STDIN_MODE_LIVE)),
        "stdin_mode",
        "must be STDIN_MODE_LIVE or unspecified, and stdin empty, for a job with a terminal");
  }

  private void durations() {
    if (request.hasTimeout()) {
      violations.duration("timeout", request.getTimeout(), Duration.ofNanos(1), LONGEST);
    }
    if (request.hasStopGrace()) {
      violations.duration("stop_grace", request.getStopGrace(), Duration.ZERO, LONGEST);
    }
    if (request.hasQueueTimeout()) {
      violations.duration(
          "queue_timeout", request.getQueueTimeout(), Duration.ofMillis(1), LONGEST);
    }
  }

  private void output(OutputPolicy output) {
    violations.require(
        output.getMaxStreamBytes() >= 0, "output.max_stream_bytes", "must not be negative");
    violations.require(
        output.getLimitPolicy() != OutputLimitPolicy.UNRECOGNIZED,
        "output.limit_policy",
        "is not known here");
    if (output.hasRetention()) {
      violations.duration("output.retention", output.getRetention(), Duration.ZERO, LONGEST);
    }
  }

  private void terminal(Terminal terminal) {
    violations.require(
        TERM.matcher(terminal.getTerm()).matches(),
        "terminal.term",
        "must be the name of a terminal, as in terminfo(5)");
    if (terminal.hasSize()) {
      violations.range("terminal.size.rows", terminal.getSize().getRows(), 1, MAX_TERMINAL_SIZE);
      violations.range(
          "terminal.size.columns", terminal.getSize().getColumns(), 1, MAX_TERMINAL_SIZE);
    }
  }

  private void placement() {
    violations.text("selector", request.getSelector(), MAX_SELECTOR);
    violations.range("priority", request.getPriority(), -MAX_PRIORITY, MAX_PRIORITY);
    violations.range("max_attempts", request.getMaxAttempts(), 0, MAX_ATTEMPTS);
  }
}
