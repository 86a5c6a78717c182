package io.orrery.rpc;

import com.google.protobuf.Message;
import io.orrery.job.ApiException;
import io.orrery.job.Reason;
import io.orrery.security.Identity;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.net.SocketAddress;
import io.vertx.grpc.common.GrpcHeaderNames;
import io.vertx.grpc.common.ServiceMethod;
import java.time.Duration;
import java.util.Map;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** One call on the client: its request, its time, and its response up to the headers. */
final class ClientCall<T> {
  private final SocketAddress server;
  private final Deadline deadline;
  private final Promise<T> result = Promise.promise();
  private @Nullable HttpClientRequest http;

  /** Gives up by itself at its deadline or when it is unwanted, wherever it is. */
  ClientCall(Vertx vertx, SocketAddress server, CallOptions options) {
    Duration time = options.deadline();
    this.server = server;
    this.deadline = Deadline.after(time);
    long timer = vertx.setTimer(Math.max(1, time.toMillis()), _ -> expire(time));
    result.future().onComplete(_ -> vertx.cancelTimer(timer));
    if (options.unwanted() != null) {
      options.unwanted().onComplete(_ -> abandon(unwanted()));
    }
  }

  Future<T> result() {
    return result.future();
  }

  private static ApiException unwanted() {
    return new ApiException(Reason.CANCELLED, "nobody waits for the answer any more");
  }

  private void expire(Duration time) {
    abandon(
        new ApiException(
            Reason.DEADLINE,
            "no answer from " + server + " within " + time.toMillis() + " ms",
            Map.of("address", server.toString())));
  }

  /** The call has failed, and there is nobody to tell. */
  void fail(Throwable failure) {
    result.tryFail(ClientFailures.lost(failure));
  }

  /** The call has failed here, and the server is told to stop. */
  void abandon(ApiException failure) {
    if (result.tryFail(failure) && http != null) {
      http.reset(HttpCancel.CODE);
    }
  }

  void succeed(T value) {
    result.tryComplete(value);
  }

  /** Takes what connecting has brought: false when the call is over and nothing may be sent. */
  boolean take(HttpClientRequest request, Identity peer, Predicate<Identity> expected) {
    http = request;
    request.exceptionHandler(this::fail);
    if (result.future().isComplete()) {
      request.reset(HttpCancel.CODE);
      return false;
    }
    if (!expected.test(peer)) {
      abandon(
          new ApiException(
              Reason.WORKER_IDENTITY,
              "the server at " + server + " is " + peer.uri() + ", which is not the one expected",
              Map.of("address", server.toString(), "identity", peer.uri())));
      return false;
    }
    return true;
  }

  /** Sends the whole request; the response comes without its body. */
  Future<HttpClientResponse> send(
      HttpClientRequest request, ServiceMethod<?, ?> method, Message message, CallHeaders headers) {
    Future<HttpClientResponse> response = open(request, method, headers);
    request.end(MessageFrames.frame(message.toByteArray()));
    return response;
  }

  /** Sends the first message of several; the response comes without its body. */
  Future<HttpClientResponse> begin(
      HttpClientRequest request, ServiceMethod<?, ?> method, Message message, CallHeaders headers) {
    Future<HttpClientResponse> response = open(request, method, headers);
    request.write(MessageFrames.frame(message.toByteArray()));
    return response;
  }

  private Future<HttpClientResponse> open(
      HttpClientRequest request, ServiceMethod<?, ?> method, CallHeaders headers) {
    request
        .setURI("/" + method.fullMethodName())
        .setChunked(true) // without it Vert.x adds a content-length
        .putHeader("content-type", "application/grpc")
        .putHeader("te", "trailers")
        .putHeader(GrpcHeaderNames.GRPC_ACCEPT_ENCODING, "identity");
    if (headers.tellDeadline()) {
      request.putHeader(GrpcHeaderNames.GRPC_TIMEOUT, GrpcTimeout.format(deadline.remaining()));
    }
    if (headers.onBehalfOf() != null) {
      request.putHeader(CallerHeader.NAME, headers.onBehalfOf().uri());
    }
    return request.response();
  }

  /** What differs between the headers of calls. */
  record CallHeaders(boolean tellDeadline, @Nullable Identity onBehalfOf) {}
}
