package io.orrery.rpc;

import io.orrery.job.Reason;
import io.vertx.grpc.common.GrpcStatus;
import org.jspecify.annotations.Nullable;

/** The one mapping between our reasons and the canonical codes. UNKNOWN is never sent. */
final class StatusCodes {
  private StatusCodes() {}

  static GrpcStatus of(Reason reason) {
    return switch (reason) {
      case CERT_MISSING, CERT_IDENTITY -> GrpcStatus.UNAUTHENTICATED;
      case ROLE_NOT_ALLOWED, COMMAND_NOT_ALLOWED, FOREIGN_WORKER, FOREIGN_PAGE ->
          GrpcStatus.PERMISSION_DENIED;
      case JOB_NOT_FOUND, WORKER_NOT_FOUND, SERVICE_NOT_FOUND, SCRIPT_NOT_FOUND, PATH_NOT_FOUND ->
          GrpcStatus.NOT_FOUND;
      case JOB_AMBIGUOUS, INVALID_REQUEST -> GrpcStatus.INVALID_ARGUMENT;
      case REQUEST_ID_CONFLICT, WORKER_NAME_IN_USE -> GrpcStatus.ALREADY_EXISTS;
      case JOB_TERMINAL, UNSUPPORTED, NO_MATCHING_WORKER, STALE_ATTEMPT, WORKER_NOT_GONE ->
          GrpcStatus.FAILED_PRECONDITION;
      case WORKER_UNREACHABLE,
          WORKER_IDENTITY,
          STARTING,
          DRAINING,
          STORAGE_FAILED,
          STORE_UNAVAILABLE ->
          GrpcStatus.UNAVAILABLE;
      case MESSAGE_TOO_LARGE, SLOW_READER, STDIN_OVERRUN, TOO_MANY_STREAMS, QUEUE_FULL ->
          GrpcStatus.RESOURCE_EXHAUSTED;
      case OFFSET_PAST_END, OUTPUT_MISSING -> GrpcStatus.OUT_OF_RANGE;
      case DEADLINE -> GrpcStatus.DEADLINE_EXCEEDED;
      case CANCELLED -> GrpcStatus.CANCELLED;
      case NOT_SERVED -> GrpcStatus.UNIMPLEMENTED;
      case MALFORMED_MESSAGE, INTERNAL_BUG -> GrpcStatus.INTERNAL;
    };
  }

  /** The reason nearest to a code that came without details of ours; null is no code at all. */
  static Reason reasonFor(@Nullable GrpcStatus code) {
    return switch (code) {
      case null -> Reason.INTERNAL_BUG;
      case OK, UNKNOWN, INTERNAL, DATA_LOSS -> Reason.INTERNAL_BUG;
      case CANCELLED -> Reason.CANCELLED;
      case INVALID_ARGUMENT -> Reason.INVALID_REQUEST;
      case DEADLINE_EXCEEDED -> Reason.DEADLINE;
      case NOT_FOUND -> Reason.JOB_NOT_FOUND;
      case ALREADY_EXISTS -> Reason.REQUEST_ID_CONFLICT;
      case PERMISSION_DENIED -> Reason.ROLE_NOT_ALLOWED;
      case RESOURCE_EXHAUSTED -> Reason.MESSAGE_TOO_LARGE;
      case FAILED_PRECONDITION -> Reason.UNSUPPORTED;
      case ABORTED, UNAVAILABLE -> Reason.WORKER_UNREACHABLE;
      case OUT_OF_RANGE -> Reason.OFFSET_PAST_END;
      case UNIMPLEMENTED -> Reason.NOT_SERVED;
      case UNAUTHENTICATED -> Reason.CERT_IDENTITY;
    };
  }

  /** Whether the same call may well succeed a little later. */
  static boolean isWorthRetrying(Reason reason) {
    return of(reason) == GrpcStatus.UNAVAILABLE && reason != Reason.WORKER_IDENTITY;
  }

  /** Whether there is a limit to how many there may be, and it is reached. */
  static boolean isQuota(Reason reason) {
    return reason == Reason.QUEUE_FULL || reason == Reason.TOO_MANY_STREAMS;
  }
}
