package io.orrery.rpc;

import io.orrery.job.ApiException;
import io.orrery.job.Reason;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.StreamResetException;
import io.vertx.core.net.SocketAddress;
import io.vertx.grpc.common.GrpcHeaderNames;
import io.vertx.grpc.common.GrpcStatus;
import java.util.Map;
import java.util.Optional;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/** Makes an {@link ApiException} of every way in which a call can fail on the client's side. */
final class ClientFailures {
  private ClientFailures() {}

  /** What a response that has ended says; empty where it says OK. */
  static Optional<ApiException> status(HttpClientResponse response) {
    String code = either(response, GrpcHeaderNames.GRPC_STATUS.toString());
    if (code == null) {
      return Optional.of(notGrpc(response.statusCode()));
    }
    if (code.equals("0")) {
      return Optional.empty();
    }
    String details = either(response, ErrorDetails.TRAILER);
    Optional<ApiException> told = details == null ? Optional.empty() : ErrorDetails.decode(details);
    return told.or(() -> Optional.of(bare(response, code)));
  }

  private static @Nullable String either(HttpClientResponse response, String name) {
    String trailer = response.getTrailer(name);
    return trailer == null ? response.getHeader(name) : trailer;
  }

  private static ApiException bare(HttpClientResponse response, String code) {
    String message = either(response, GrpcHeaderNames.GRPC_MESSAGE.toString());
    return new ApiException(
        StatusCodes.reasonFor(status(code)),
        message == null ? "the server answered with status " + code : PercentText.decode(message));
  }

  private static @Nullable GrpcStatus status(String code) {
    return code.matches("[0-9]{1,2}") ? GrpcStatus.valueOf(Integer.parseInt(code)) : null;
  }

  private static ApiException notGrpc(int httpStatus) {
    Reason reason =
        switch (httpStatus) {
          case 404, 405, 415 -> Reason.NOT_SERVED;
          // Of something between, which may well have passed the call on.
          case 429, 502, 503, 504 -> Reason.WORKER_UNREACHABLE;
          default -> Reason.INTERNAL_BUG;
        };
    return new ApiException(
        reason,
        "the server's answer has no gRPC status (HTTP " + httpStatus + ")",
        Map.of("http_status", Integer.toString(httpStatus)));
  }

  /** What broke off a call whose request was on its way. */
  static ApiException lost(Throwable failure) {
    if (failure instanceof ApiException told) {
      return told;
    }
    if (failure instanceof StreamResetException reset) {
      Reason reason =
          reset.getCode() == HttpCancel.CODE ? Reason.CANCELLED : Reason.WORKER_UNREACHABLE;
      return new ApiException(
          reason, "the server broke off the call (code " + reset.getCode() + ")");
    }
    return new ApiException(
        Reason.WORKER_UNREACHABLE, "the connection was lost: " + failure.getMessage());
  }

  /** What kept a call from being sent. */
  static ApiException connect(SocketAddress server, Throwable failure) {
    if (failure instanceof ApiException told) {
      return told;
    }
    Map<String, String> address = Map.of("address", server.toString());
    return failure instanceof SSLException || failure.getCause() instanceof SSLException
        ? new ApiException(
            Reason.WORKER_IDENTITY,
            "no trusted connection to " + server + ": " + failure.getMessage(),
            address)
        : new ApiException(
            Reason.WORKER_UNREACHABLE,
            "no connection to " + server + ": " + failure.getMessage(),
            address);
  }
}
