package io.orrery.job;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * A call that is refused or failed, for a reason that the caller is told.
 *
 * <p>The message is one English sentence that says what happened and what to do; every variable
 * part of it stands in the metadata too (AIP-193). Neither has paths, commands or secrets of a
 * worker.
 */
public final class ApiException extends RuntimeException {
  private static final long serialVersionUID = 1;

  private final Reason reason;
  private final transient Map<String, String> metadata;
  private final transient List<FieldViolation> violations;

  public ApiException(Reason reason, String message) {
    this(reason, message, Map.of());
  }

  public ApiException(Reason reason, String message, Map<String, String> metadata) {
    this(reason, message, metadata, List.of());
  }

  private ApiException(
      Reason reason,
      String message,
      Map<String, String> metadata,
      List<FieldViolation> violations) {
    super(message, null, false, reason == Reason.INTERNAL_BUG);
    this.reason = reason;
    this.metadata = Map.copyOf(metadata);
    this.violations = List.copyOf(violations);
  }

  /** A failure with all its parts, as when it is rebuilt from what a server sent. */
  public static ApiException of(
      Reason reason,
      String message,
      Map<String, String> metadata,
      List<FieldViolation> violations) {
    return new ApiException(reason, message, metadata, violations);
  }

  /** One wrong field. */
  public static ApiException invalid(String field, String description) {
    return invalid(List.of(new FieldViolation(field, description)));
  }

  /** Several wrong fields, at least one. */
  public static ApiException invalid(List<FieldViolation> violations) {
    String message =
        violations.stream()
            .map(violation -> violation.field() + " " + violation.description())
            .collect(Collectors.joining("; "));
    return new ApiException(Reason.INVALID_REQUEST, message, Map.of(), violations);
  }

  /** No job has this id, or the caller may not know of it. */
  public static ApiException jobNotFound(String jobId) {
    return new ApiException(
        Reason.JOB_NOT_FOUND,
        "no job " + jobId + "; `orrery ps` lists yours",
        Map.of("job_id", jobId));
  }

  /**
   * Whether the call has surely not done what it was asked; otherwise it may have, and may be
   * repeated with the same job id. It says nothing of calls before it.
   */
  public boolean isDefinite() {
    return switch (reason) {
      case WORKER_UNREACHABLE, DEADLINE, CANCELLED, INTERNAL_BUG -> false;
      // It may be the answer that could not be read, or was too large.
      case MALFORMED_MESSAGE, MESSAGE_TOO_LARGE -> false;
      // The answer of the store may be all that is missing.
      case STORE_UNAVAILABLE -> false;
      // Comes in the middle of a stream.
      case SLOW_READER, STDIN_OVERRUN, OUTPUT_MISSING -> false;
      case CERT_MISSING,
          CERT_IDENTITY,
          ROLE_NOT_ALLOWED,
          COMMAND_NOT_ALLOWED,
          FOREIGN_WORKER,
          JOB_NOT_FOUND,
          JOB_AMBIGUOUS,
          WORKER_NOT_FOUND,
          SERVICE_NOT_FOUND,
          PATH_NOT_FOUND,
          FOREIGN_PAGE,
          INVALID_REQUEST,
          SCRIPT_NOT_FOUND,
          REQUEST_ID_CONFLICT,
          JOB_TERMINAL,
          UNSUPPORTED,
          WORKER_NAME_IN_USE,
          WORKER_NOT_GONE,
          NO_MATCHING_WORKER,
          QUEUE_FULL,
          STALE_ATTEMPT,
          WORKER_IDENTITY,
          TOO_MANY_STREAMS,
          STARTING,
          DRAINING,
          OFFSET_PAST_END,
          STORAGE_FAILED,
          NOT_SERVED ->
          true;
    };
  }

  /** The same, with one more word of metadata. */
  public ApiException with(String name, String value) {
    Map<String, String> more = new HashMap<>(metadata);
    more.put(name, value);
    return new ApiException(reason, String.valueOf(getMessage()), more, violations);
  }

  /** The job id is that of a job with another spec or of another owner, which is not told. */
  public static ApiException jobIdTaken(JobId id) {
    return new ApiException(
        Reason.REQUEST_ID_CONFLICT,
        "the job id " + id + " is taken by another job; choose a new one",
        Map.of("job_id", id.value()));
  }

  public Reason reason() {
    return reason;
  }

  public Map<String, String> metadata() {
    return metadata;
  }

  public List<FieldViolation> violations() {
    return violations;
  }
}
