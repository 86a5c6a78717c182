package io.orrery.http;

import io.orrery.job.ApiException;
import io.orrery.job.Reason;
import io.orrery.rpc.DirectCall;
import io.orrery.rpc.DirectCalls;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.http.HttpVersion;
import io.vertx.ext.web.RoutingContext;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Takes the requests of one path from their headers to their call. */
final class PathHandler {
  private static final String OPENED = "orrery.opened";

  private final Vertx vertx;
  private final DirectCalls calls;
  private final Map<HttpMethod, Route> routes;

  PathHandler(Vertx vertx, DirectCalls calls, Map<HttpMethod, Route> routes) {
    this.vertx = vertx;
    this.calls = calls;
    this.routes = routes;
  }

  /** What is known of a request that was let in; the timer is for its body. */
  private record Opened(Route route, DirectCall call, long timer) {}

  /** Lets the request in before its body is read. */
  void admit(RoutingContext context) {
    HttpServerRequest request = context.request();
    Route route = routes.get(request.method());
    if (route == null) {
      String allowed =
          routes.keySet().stream().map(HttpMethod::name).collect(Collectors.joining(", "));
      context.response().putHeader("allow", allowed);
      refuse(context, 405, new ApiException(Reason.NOT_SERVED, "there are here only: " + allowed));
      return;
    }
    try {
      ForeignPages.refuse(request);
    } catch (ApiException e) {
      refuse(context, 403, e);
      return;
    }
    try {
      if (route.hasBody()) {
        RequestBody.check(request);
      }
    } catch (ApiException e) {
      refuse(context, 415, e);
      return;
    }
    DirectCall call;
    try {
      call = calls.open(request, route.method());
    } catch (ApiException e) {
      ErrorReply.send(request, e);
      return;
    }
    open(context, route, call);
    context.next();
  }

  private void open(RoutingContext context, Route route, DirectCall call) {
    HttpServerRequest request = context.request();
    HttpServerResponse response = context.response();
    call.to(new JsonReply(request));
    long timer =
        vertx.setTimer(
            calls.limits().bodyDeadline().toMillis(),
            _ ->
                call.fail(
                    new ApiException(
                        Reason.DEADLINE, "the request did not come to its end in time")));
    context.put(OPENED, new Opened(route, call, timer));
    call.onEnd(() -> vertx.cancelTimer(timer));
    request.exceptionHandler(_ -> call.lost());
    response.exceptionHandler(_ -> call.lost());
    response.closeHandler(_ -> call.lost());
  }

  private void refuse(RoutingContext context, int code, ApiException refusal) {
    HttpServerRequest request = context.request();
    calls.refuse(request, request.method() + " " + request.path(), refusal);
    ErrorReply.send(request, code, refusal);
  }

  /** Makes the call, now that the body is there. */
  void run(RoutingContext context) {
    Opened opened = Objects.requireNonNull(context.get(OPENED));
    vertx.cancelTimer(opened.timer());
    context.request().exceptionHandler(_ -> opened.call().lost());
    if (!opened.call().ended()) {
      run(context, opened.route(), opened.call());
    }
  }

  private static void run(RoutingContext context, Route route, DirectCall call) {
    try {
      if (route.path().equals(Routes.OUTPUT)) {
        stream(context, route, call);
      } else {
        call.run(
            JsonRequest.parse(
                route.hasBody()
                    ? StrictJson.parse(context.body().buffer())
                    : QueryParameters.json(context.queryParams(), route.rpc().getInputType()),
                route,
                variable(context)));
      }
    } catch (RuntimeException e) {
      failed(context, e);
    }
  }

  private static String variable(RoutingContext context) {
    return String.valueOf(context.pathParam(Route.GROUP));
  }

  private static void stream(RoutingContext context, Route route, DirectCall call) {
    HttpServerRequest request = context.request();
    if (request.version() == HttpVersion.HTTP_1_0) {
      fail(
          call,
          request,
          505,
          new ApiException(
              Reason.NOT_SERVED, "output needs HTTP/1.1: before it, a lost one looks complete"));
      return;
    }
    Optional<String> type = OutputRequest.type(context);
    if (type.isEmpty()) {
      fail(
          call,
          request,
          406,
          new ApiException(
              Reason.NOT_SERVED,
              "output is application/octet-stream, application/x-ndjson, application/jsonl or"
                  + " text/event-stream"));
      return;
    }
    String lastEventId = request.getHeader("last-event-id");
    if (type.get().equals(EventStream.TYPE) && ReaderPlace.END.equals(lastEventId)) {
      call.end();
      return;
    }
    OutputRequest output =
        OutputRequest.parse(
            route, variable(context), context.queryParams(), type.get(), lastEventId);
    call.to(new OutputReply(request, call, output.format())).run(output.request());
  }

  private static void fail(
      DirectCall call, HttpServerRequest request, int code, ApiException failure) {
    call.to(new JsonReply(request, code)).fail(failure);
  }

  /** What went wrong with the request itself, as Vert.x tells it or as it was thrown here. */
  void failed(RoutingContext context) {
    Throwable failure = context.failure();
    failed(
        context,
        switch (context.statusCode()) {
          case 413 ->
              new ApiException(
                  Reason.MESSAGE_TOO_LARGE,
                  "the body is larger than "
                      + calls.limits().maxMessageBytes()
                      + " bytes, the most that this server takes");
          case 400 -> ApiException.invalid("request", "cannot be read: " + message(failure));
          case 417 -> ApiException.invalid("Expect", "must be 100-continue");
          default -> failure == null ? new IllegalStateException("no cause") : failure;
        });
  }

  private static String message(@Nullable Throwable failure) {
    return failure == null ? "its form is wrong" : String.valueOf(failure.getMessage());
  }

  private static void failed(RoutingContext context, Throwable failure) {
    Opened opened = context.get(OPENED);
    if (opened != null) {
      opened.call().fail(failure);
    } else {
      context.next();
    }
  }
}
