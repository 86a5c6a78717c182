package io.orrery.cli;

import com.google.protobuf.Any;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.rpc.BadRequest;
import com.google.rpc.ErrorInfo;
import com.google.rpc.Status;
import io.orrery.cli.grpc.StatusCode;
import io.orrery.cli.grpc.StatusException;

/** Says an error of the server in a sentence: what happened and what to do. */
final class ErrorText {
  private ErrorText() {}

  static String of(StatusException error) {
    StringBuilder text = new StringBuilder(error.getMessage());
    if (text.isEmpty()) {
      text.append("the server answered ").append(error.code());
    }
    String reason = "";
    try {
      for (Any detail : Status.parseFrom(error.details()).getDetailsList()) {
        if (isOf(detail, "google.rpc.BadRequest")) {
          addViolations(BadRequest.parseFrom(detail.getValue()), text);
        } else if (isOf(detail, "google.rpc.ErrorInfo")) {
          reason = ErrorInfo.parseFrom(detail.getValue()).getReason();
        }
      }
    } catch (InvalidProtocolBufferException _) {
      // The message alone must do.
    }
    String advice = advice(error.code(), reason);
    if (!advice.isEmpty() && text.indexOf("orrery ") < 0) {
      text.append("; ").append(advice);
    }
    return text.toString();
  }

  private static boolean isOf(Any detail, String type) {
    return detail.getTypeUrl().endsWith("/" + type);
  }

  /** Those that the message does not tell already. */
  private static void addViolations(BadRequest request, StringBuilder text) {
    for (BadRequest.FieldViolation violation : request.getFieldViolationsList()) {
      if (text.indexOf(violation.getDescription()) < 0) {
        text.append("; ").append(violation.getField()).append(' ');
        text.append(violation.getDescription());
      }
    }
  }

  private static String advice(StatusCode code, String reason) {
    return switch (reason) {
      case "JOB_NOT_FOUND" -> "`orrery ps -a` lists yours";
      case "JOB_AMBIGUOUS" -> "give more of its id, `orrery ps -a` lists yours";
      case "WORKER_NOT_FOUND", "NO_MATCHING_WORKER", "WORKER_UNREACHABLE" ->
          "`orrery workers` lists them";
      case "ROLE_NOT_ALLOWED" ->
          "use another certificate (--cert and --key), `orrery certs issue` makes one";
      case "CERT_MISSING", "CERT_IDENTITY" ->
          "use a certificate made by `orrery certs issue` (--cert and --key)";
      default ->
          code == StatusCode.UNIMPLEMENTED
              ? "the server does not serve this: is it a scheduler of this version (--server)?"
              : "";
    };
  }
}
