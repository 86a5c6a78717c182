package io.orrery.rpc;

import com.google.protobuf.Message;
import io.orrery.job.ApiException;
import io.orrery.job.Reason;
import io.orrery.security.Identity;
import io.vertx.core.Future;
import io.vertx.core.Handler;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpVersion;
import io.vertx.grpc.common.GrpcMessage;
import io.vertx.grpc.common.ServiceMethod;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * The methods of a server for a face of it that is not gRPC: the same handlers behind the same
 * identities, roles, deadlines, quotas, errors and access log. It belongs to the server's context.
 */
public final class DirectCalls {
  private final Vertx vertx;
  private final RpcServerOptions options;
  private final Peers peers;
  private final CallMeters meters;
  private final RequestGate gate;
  private final IdleConnections idle;
  private final Map<String, Served> methods = new HashMap<>();

  /** A method's time and handler. */
  private record Served(@Nullable Duration atMost, BiConsumer<DirectCall, Buffer> handler) {}

  DirectCalls(
      Vertx vertx, RpcServerOptions options, Peers peers, CallMeters meters, RequestGate gate) {
    this.vertx = vertx;
    this.options = options;
    this.peers = peers;
    this.meters = meters;
    this.gate = gate;
    this.idle = new IdleConnections(vertx, options.limits().idle());
  }

  <I extends Message, O extends Message> void serve(
      ServiceMethod<I, O> method, @Nullable Duration atMost, BiConsumer<DirectCall, I> handler) {
    BiConsumer<DirectCall, Buffer> decoding =
        (call, encoded) ->
            handler.accept(call, method.decoder().decode(GrpcMessage.message("identity", encoded)));
    methods.put(method.fullMethodName(), new Served(atMost, decoding));
  }

  /** What the server puts up with. */
  public RpcLimits limits() {
    return options.limits();
  }

  /**
   * Binds one more port of the server's host, with the same TLS, for HTTP/1.1 and HTTP/2. A
   * connection of HTTP/1.1 without a request is closed after a while.
   */
  public Future<HttpServer> listen(int port, Handler<HttpServerRequest> handler) {
    return vertx
        .createHttpServer(
            Listening.options(options)
                .setPort(port)
                .setAlpnVersions(List.of(HttpVersion.HTTP_2, HttpVersion.HTTP_1_1))
                .setIdleTimeout(0)) // HTTP/1.1 has no pings, and a job may be quiet for long
        .connectionHandler(this::connected)
        .requestHandler(
            request -> {
              idle.busy(request);
              handler.handle(request);
            })
        .listen()
        .recover(failure -> Listening.failed(options.host(), port, failure));
  }

  private void connected(HttpConnection connection) {
    if (Peers.isHttp2(connection)) {
      peers.connected(connection);
    } else {
      peers.watch(connection, idle.begin(connection));
    }
  }

  /**
   * Opens a call of whoever made the request. It is to be run, or failed.
   *
   * @param method the full name, {@code orrery.v1.Worker/StartJob}
   * @throws ApiException when the caller has no identity, or may not call the method, or the server
   *     is about to stop; it is in the access log then
   */
  public DirectCall open(HttpServerRequest request, String method) {
    AccessLog refused = log(request, method);
    try {
      Identity caller = peers.of(request.connection());
      refused = new AccessLog(method, caller, caller, remote(request));
      gate.permit(caller, method);
      return open(request, method, caller);
    } catch (ApiException refusal) {
      end(refused, refusal);
      throw refusal;
    }
  }

  /** A line of the access log for a request that is no call, or not yet one. */
  public void refuse(HttpServerRequest request, String what, ApiException refusal) {
    end(log(request, what), refusal);
  }

  /**
   * Who made the request.
   *
   * @throws ApiException when its certificate does not say
   */
  public Identity caller(HttpServerRequest request) {
    return peers.of(request.connection());
  }

  private AccessLog log(HttpServerRequest request, String what) {
    Identity caller = null;
    try {
      caller = caller(request);
    } catch (ApiException _) {
      // the line says that nobody knows
    }
    return new AccessLog(what, caller, caller, remote(request));
  }

  private static void end(AccessLog log, ApiException refusal) {
    log.end(StatusCodes.of(refusal.reason()), refusal.reason());
  }

  private DirectCall open(HttpServerRequest request, String method, Identity caller) {
    Served served = methods.get(method);
    if (served == null) {
      throw new ApiException(
          Reason.NOT_SERVED, method + " is not served here", Map.of("method", method));
    }
    Promise<Void> over = Promise.promise();
    Deadline deadline = served.atMost() == null ? Deadline.NEVER : Deadline.after(served.atMost());
    Call call =
        new Call(caller, caller, method, new Call.Life(deadline, over.future()), remote(request));
    DirectCall opened = new DirectCall(vertx, call, meters, served.handler());
    opened.onEnd(over::complete);
    return opened;
  }

  private static String remote(HttpServerRequest request) {
    return String.valueOf(request.remoteAddress());
  }
}
