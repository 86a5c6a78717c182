package io.orrery.http;

import com.google.protobuf.Any;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.rpc.Code;
import com.google.rpc.RetryInfo;
import com.google.rpc.Status;
import io.orrery.job.ApiException;
import io.orrery.job.Reason;
import io.orrery.rpc.ErrorDetails;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.http.HttpVersion;

/** An error as a google.rpc.Status in JSON, with the HTTP code that google/rpc/code.proto names. */
final class ErrorReply {
  private ErrorReply() {}

  static void send(HttpServerRequest request, ApiException failure) {
    send(request, code(failure), failure);
  }

  static void send(HttpServerRequest request, int code, ApiException failure) {
    HttpServerResponse response = request.response();
    if (response.closed() || response.ended()) {
      return;
    }
    Status status = ErrorDetails.status(failure);
    long seconds = retryAfter(status);
    if (seconds > 0) {
      response.putHeader("retry-after", Long.toString(seconds));
    }
    if (!request.isEnded() && request.version() != HttpVersion.HTTP_2) {
      response.putHeader("connection", "close"); // nobody will read the rest of the request
    }
    plain(response)
        .setStatusCode(code)
        .putHeader("content-type", JsonReply.TYPE)
        .end(JsonReply.json(status) + "\n");
  }

  /** What is answered is of now and is no page. */
  static HttpServerResponse plain(HttpServerResponse response) {
    return response
        .putHeader("cache-control", "no-store")
        .putHeader("x-content-type-options", "nosniff");
  }

  private static int code(ApiException failure) {
    if (failure.reason() == Reason.MESSAGE_TOO_LARGE) {
      return 413;
    }
    Code code = Code.forNumber(ErrorDetails.status(failure).getCode());
    return code == null ? 500 : code(code);
  }

  static int code(Code code) {
    return switch (code) {
      case OK -> 200;
      case INVALID_ARGUMENT, FAILED_PRECONDITION, OUT_OF_RANGE -> 400;
      case UNAUTHENTICATED -> 401;
      case PERMISSION_DENIED -> 403;
      case NOT_FOUND -> 404;
      case ALREADY_EXISTS, ABORTED -> 409;
      case RESOURCE_EXHAUSTED -> 429;
      case CANCELLED -> 499;
      case UNKNOWN, INTERNAL, DATA_LOSS, UNRECOGNIZED -> 500;
      case UNIMPLEMENTED -> 501;
      case UNAVAILABLE -> 503;
      case DEADLINE_EXCEEDED -> 504;
    };
  }

  private static long retryAfter(Status status) {
    for (Any detail : status.getDetailsList()) {
      if (detail.is(RetryInfo.class)) {
        try {
          return Math.max(1, detail.unpack(RetryInfo.class).getRetryDelay().getSeconds());
        } catch (InvalidProtocolBufferException e) {
          throw new IllegalStateException("what was packed here cannot be unpacked", e);
        }
      }
    }
    return 0;
  }
}
