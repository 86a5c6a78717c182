package io.orrery.rpc;

import io.orrery.job.ApiException;
import io.orrery.job.Reason;
import io.orrery.security.Identity;
import io.orrery.security.RoleTable;
import io.vertx.core.Handler;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.http.HttpVersion;
import io.vertx.grpc.common.GrpcHeaderNames;
import io.vertx.grpc.common.GrpcStatus;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Looks at the headers of every request before Vert.x's gRPC server does: what is not gRPC gets an
 * HTTP error; an encoding, an unknown method, and a caller without an identity or a role for the
 * method get a status and no more.
 */
final class RequestGate implements Handler<HttpServerRequest> {
  /**
   * Given to Vert.x as the encoding of every request, so that a message with the flag 'compressed'
   * can be told from one without: with no encoding Vert.x 5.0.7 throws, and the call hangs.
   */
  private static final String MARK = "unsupported";

  private final Peers peers;
  private final CallMeters meters;
  private final Handler<HttpServerRequest> next;
  private final Set<String> methods = new HashSet<>();
  private boolean draining;
  private @Nullable Admitted entering;

  /** A request that was let in, and who makes it. */
  record Admitted(HttpServerRequest http, Identity peer, Identity caller) {}

  RequestGate(Peers peers, CallMeters meters, Handler<HttpServerRequest> next) {
    this.peers = peers;
    this.meters = meters;
    this.next = next;
  }

  /** Lets calls of the method in. */
  void serve(String method) {
    methods.add(method);
  }

  /** From now on refuses every call. */
  void drain() {
    draining = true;
  }

  /**
   * The request that is being let in. Vert.x's gRPC server calls the handler of a method before it
   * returns, and does not pass the HTTP request on.
   */
  Admitted entering() {
    if (entering == null) {
      throw new IllegalStateException("no request is being let in");
    }
    return entering;
  }

  @Override
  public void handle(HttpServerRequest http) {
    if (http.version() != HttpVersion.HTTP_2 || !isGrpc(http.getHeader("content-type"))) {
      http.response().setStatusCode(415).end();
    } else if (!http.method().equals(HttpMethod.POST)) {
      http.response().setStatusCode(405).end();
    } else {
      entering = admit(http);
      if (entering != null) {
        enter(http);
      }
      entering = null;
    }
  }

  private void enter(HttpServerRequest http) {
    http.headers().set(GrpcHeaderNames.GRPC_ENCODING, MARK);
    HttpServerResponse response = http.response();
    response.headersEndHandler(
        _ -> response.headers().set(GrpcHeaderNames.GRPC_ACCEPT_ENCODING, "identity"));
    next.handle(http);
  }

  private static boolean isGrpc(@Nullable String contentType) {
    return "application/grpc".equals(contentType) || "application/grpc+proto".equals(contentType);
  }

  private @Nullable Admitted admit(HttpServerRequest http) {
    String path = http.path();
    String method = path == null || path.isEmpty() ? "" : path.substring(1);
    Identity peer = null;
    Identity caller = null;
    try {
      peer = peers.of(http.connection());
      caller = CallerHeader.caller(peer, http.headers());
      checkServed(method);
      checkEncoding(http);
      checkRole(peer, method);
      checkRole(caller, method);
      return new Admitted(http, peer, caller);
    } catch (ApiException refusal) {
      String remote = String.valueOf(http.remoteAddress());
      GrpcStatus status = StatusCodes.of(refusal.reason());
      long nanos = new AccessLog(method, peer, caller, remote).end(status, refusal.reason());
      meters.ended(methods.contains(method) ? method : CallMeters.NO_METHOD, status, nanos);
      refuse(http, refusal);
      return null;
    }
  }

  /**
   * Whether somebody may call the method now.
   *
   * @throws ApiException DRAINING, NOT_SERVED or ROLE_NOT_ALLOWED
   */
  void permit(Identity caller, String method) {
    checkServed(method);
    checkRole(caller, method);
  }

  private void checkServed(String method) {
    if (draining) {
      throw new ApiException(Reason.DRAINING, "the server is about to stop");
    }
    if (!methods.contains(method)) {
      throw new ApiException(
          Reason.NOT_SERVED, "this server does not serve " + method, Map.of("method", method));
    }
  }

  private static void checkEncoding(HttpServerRequest http) {
    String encoding = http.getHeader(GrpcHeaderNames.GRPC_ENCODING);
    if (encoding != null && !encoding.equals("identity")) {
      throw new ApiException(
          Reason.NOT_SERVED,
          "messages must not be compressed, and grpc-encoding is " + encoding,
          Map.of("encoding", encoding));
    }
  }

  private static void checkRole(Identity identity, String method) {
    if (!RoleTable.allows(identity.role(), method)) {
      throw new ApiException(
          Reason.ROLE_NOT_ALLOWED,
          "the role " + identity.role() + " may not call " + method,
          Map.of("role", identity.role().toString(), "method", method));
    }
  }

  private static void refuse(HttpServerRequest http, ApiException refusal) {
    GrpcStatus status = StatusCodes.of(refusal.reason());
    HttpServerResponse response = http.response();
    response
        .putHeader("content-type", "application/grpc")
        .putHeader(GrpcHeaderNames.GRPC_STATUS, status.toString())
        .putHeader(GrpcHeaderNames.GRPC_MESSAGE, PercentText.encode(ErrorDetails.message(refusal)))
        .putHeader(ErrorDetails.TRAILER, ErrorDetails.encode(refusal))
        .end()
        .onSuccess(
            _ -> {
              if (!http.isEnded()) {
                response.reset(0); // NO_ERROR: send no more, RFC 9113 section 8.1
              }
            });
  }
}
