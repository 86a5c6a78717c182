package io.orrery.rpc;

import com.google.protobuf.Any;
import com.google.protobuf.Duration;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.rpc.BadRequest;
import com.google.rpc.ErrorInfo;
import com.google.rpc.QuotaFailure;
import com.google.rpc.RetryInfo;
import com.google.rpc.Status;
import io.orrery.job.ApiException;
import io.orrery.job.FieldViolation;
import io.orrery.job.Reason;
import io.vertx.grpc.common.GrpcStatus;
import java.util.Base64;
import java.util.List;
import java.util.Optional;

/**
 * The trailer {@code grpc-status-details-bin}: a {@code google.rpc.Status} with always one
 * ErrorInfo of the domain "orrery" (AIP-193), in base64 without padding, of at most 4,000
 * characters: many clients take 8 KiB of headers in all.
 */
public final class ErrorDetails {
  static final String TRAILER = "grpc-status-details-bin";
  static final String DOMAIN = "orrery";
  private static final int MAX_BYTES = 3_000;
  private static final int MAX_MESSAGE = 600;

  private ErrorDetails() {}

  /** The whole of it, for where there is room: with the cause of every wrong field. */
  public static Status status(ApiException failure) {
    return status(failure, failure.violations().size(), true);
  }

  static String encode(ApiException failure) {
    int violations = failure.violations().size();
    Status status = status(failure, violations, true);
    while (status.getSerializedSize() > MAX_BYTES && violations > 0) {
      violations /= 2;
      status = status(failure, violations, true);
    }
    if (status.getSerializedSize() > MAX_BYTES) {
      status = status(failure, 0, false);
    }
    return Base64.getEncoder().withoutPadding().encodeToString(status.toByteArray());
  }

  /** The message as it is sent, cut where it is very long. */
  static String message(ApiException failure) {
    String message = String.valueOf(failure.getMessage());
    return message.length() <= MAX_MESSAGE ? message : message.substring(0, MAX_MESSAGE) + "…";
  }

  private static Status status(ApiException failure, int violations, boolean metadata) {
    ErrorInfo.Builder info =
        ErrorInfo.newBuilder().setDomain(DOMAIN).setReason(failure.reason().name());
    if (metadata) {
      info.putAllMetadata(failure.metadata());
    }
    Status.Builder status =
        Status.newBuilder()
            .setCode(StatusCodes.of(failure.reason()).code)
            .setMessage(message(failure))
            .addDetails(Any.pack(info.build()));
    if (violations > 0) {
      status.addDetails(Any.pack(badRequest(failure.violations().subList(0, violations))));
    }
    if (StatusCodes.isWorthRetrying(failure.reason())) {
      RetryInfo retry =
          RetryInfo.newBuilder().setRetryDelay(Duration.newBuilder().setSeconds(1)).build();
      status.addDetails(Any.pack(retry));
    }
    if (StatusCodes.isQuota(failure.reason())) {
      QuotaFailure.Violation beyond =
          QuotaFailure.Violation.newBuilder()
              .setSubject(failure.reason() == Reason.QUEUE_FULL ? "scheduler" : "caller")
              .setDescription(message(failure))
              .build();
      status.addDetails(Any.pack(QuotaFailure.newBuilder().addViolations(beyond).build()));
    }
    return status.build();
  }

  private static BadRequest badRequest(List<FieldViolation> violations) {
    BadRequest.Builder bad = BadRequest.newBuilder();
    for (FieldViolation violation : violations) {
      bad.addFieldViolationsBuilder()
          .setField(violation.field())
          .setDescription(violation.description());
    }
    return bad.build();
  }

  /** The failure that a trailer tells of; empty where it is not such a trailer. */
  static Optional<ApiException> decode(String trailer) {
    try {
      return Optional.of(failure(Status.parseFrom(Base64.getDecoder().decode(trailer))));
    } catch (InvalidProtocolBufferException | IllegalArgumentException _) {
      return Optional.empty();
    }
  }

  private static ApiException failure(Status status) throws InvalidProtocolBufferException {
    ErrorInfo info = ErrorInfo.getDefaultInstance();
    List<FieldViolation> violations = List.of();
    for (Any detail : status.getDetailsList()) {
      if (detail.is(ErrorInfo.class)) {
        info = detail.unpack(ErrorInfo.class);
      } else if (detail.is(BadRequest.class)) {
        violations =
            detail.unpack(BadRequest.class).getFieldViolationsList().stream()
                .map(wrong -> new FieldViolation(wrong.getField(), wrong.getDescription()))
                .toList();
      }
    }
    return ApiException.of(
        reason(info, status.getCode()), status.getMessage(), info.getMetadataMap(), violations);
  }

  private static Reason reason(ErrorInfo info, int code) {
    for (Reason reason : Reason.values()) {
      if (info.getDomain().equals(DOMAIN) && reason.name().equals(info.getReason())) {
        return reason;
      }
    }
    return StatusCodes.reasonFor(GrpcStatus.valueOf(code));
  }
}
