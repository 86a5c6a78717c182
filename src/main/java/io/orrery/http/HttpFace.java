package io.orrery.http;

import io.orrery.job.ApiException;
import io.orrery.job.Reason;
import io.orrery.rpc.DirectCalls;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import io.vertx.ext.web.handler.BodyHandler;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The HTTP/JSON face of a server, on a port of its own. To be started and stopped on the server's
 * context.
 */
public final class HttpFace {
  private static final Logger LOG = LoggerFactory.getLogger(HttpFace.class);

  private final Vertx vertx;
  private final DirectCalls calls;
  private final int port;
  private @Nullable HttpServer server;

  /**
   * One that does nothing yet.
   *
   * @param port 0 is none at all
   */
  public HttpFace(Vertx vertx, DirectCalls calls, int port) {
    this.vertx = vertx;
    this.calls = calls;
    this.port = port;
  }

  /** Listens, unless it is off, and says so in the log. */
  public Future<Void> start() {
    if (port == 0) {
      return Future.succeededFuture();
    }
    return vertx
        .executeBlocking(OpenApi::document)
        .compose(document -> calls.listen(port, router(document)))
        .onSuccess(
            listening -> {
              server = listening;
              LOG.info("HTTP/JSON is at port {}", listening.actualPort());
            })
        .mapEmpty();
  }

  /** Lets calls end within the grace; streams are ended by the server whose face it is. */
  public Future<Void> stop(Duration grace) {
    return server == null
        ? Future.succeededFuture()
        : server.shutdown(grace.toMillis(), TimeUnit.MILLISECONDS);
  }

  private Router router(String document) {
    Router router = Router.router(vertx);
    router.get(Routes.OPEN_API).handler(context -> describe(context, document));
    BodyHandler body = BodyHandler.create(false).setBodyLimit(calls.limits().maxMessageBytes());
    Routes.byPath().forEach((path, routes) -> bind(router, routes, body));
    router.route().last().handler(this::unknown);
    return router;
  }

  private void bind(Router router, Map<HttpMethod, Route> routes, BodyHandler body) {
    PathHandler handler = new PathHandler(vertx, calls, routes);
    String regex = routes.values().iterator().next().regex();
    router
        .routeWithRegex(regex)
        .handler(handler::admit)
        .handler(
            context -> {
              if (context.request().method().equals(HttpMethod.POST)) {
                body.handle(context);
              } else {
                context.next();
              }
            })
        .handler(handler::run)
        .failureHandler(handler::failed);
  }

  private void describe(RoutingContext context, String document) {
    HttpServerRequest request = context.request();
    try {
      calls.caller(request);
    } catch (ApiException e) {
      ErrorReply.send(request, e);
      return;
    }
    context.response().putHeader("content-type", JsonReply.TYPE).end(document);
  }

  private void unknown(RoutingContext context) {
    HttpServerRequest request = context.request();
    ApiException unknown =
        new ApiException(
            Reason.PATH_NOT_FOUND,
            "there is no such path; " + Routes.OPEN_API + " names those there are");
    calls.refuse(request, request.method() + " " + request.path(), unknown);
    ErrorReply.send(request, 404, unknown);
  }
}
