package io.orrery.metrics;

import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.vertx.core.Handler;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Answers for {@code /metrics} in the format that is asked for, Prometheus' text or OpenMetrics,
 * {@code /healthz} and {@code /readyz}. Meters are read on the event loop that changes them.
 */
final class StatusPage implements Handler<HttpServerRequest> {
  static final String PROMETHEUS = "text/plain; version=0.0.4; charset=utf-8";
  static final String OPEN_METRICS = "application/openmetrics-text; version=1.0.0; charset=utf-8";

  /** Those who ask give up soon: Kubernetes after one second, where nothing else is set. */
  private static final long READY_MILLIS = 900;

  private final PrometheusMeterRegistry registry;
  private final Readiness readiness;

  StatusPage(PrometheusMeterRegistry registry, Readiness readiness) {
    this.registry = registry;
    this.readiness = readiness;
  }

  /** Loads what it takes to answer. */
  static void warmUp(PrometheusMeterRegistry registry) {
    registry.scrape(PROMETHEUS);
    registry.scrape(OPEN_METRICS);
    new JsonObject().put("reasons", new JsonArray()).encode();
  }

  @Override
  public void handle(HttpServerRequest request) {
    HttpServerResponse response = request.response().putHeader("cache-control", "no-store");
    if (!request.method().equals(HttpMethod.GET) && !request.method().equals(HttpMethod.HEAD)) {
      response.setStatusCode(405).putHeader("allow", "GET, HEAD").end();
      return;
    }
    switch (String.valueOf(request.path())) {
      case "/metrics" -> metrics(request.getHeader("accept"), response);
      case "/healthz" -> answer(response, 200, new JsonObject().put("healthy", true));
      case "/readyz" -> ready(response);
      default -> response.setStatusCode(404).end();
    }
  }

  private void metrics(@Nullable String accept, HttpServerResponse response) {
    boolean open = accept != null && accept.contains("application/openmetrics-text");
    String type = open ? OPEN_METRICS : PROMETHEUS;
    response.putHeader("content-type", type).end(registry.scrape(type));
  }

  private void ready(HttpServerResponse response) {
    readiness
        .troubles()
        .timeout(READY_MILLIS, TimeUnit.MILLISECONDS)
        .otherwise(late -> List.of("whether it is ready could not be found out: " + late))
        .onSuccess(
            troubles ->
                answer(
                    response,
                    troubles.isEmpty() ? 200 : 503,
                    new JsonObject()
                        .put("ready", troubles.isEmpty())
                        .put("reasons", new JsonArray(troubles))));
  }

  private static void answer(HttpServerResponse response, int status, JsonObject body) {
    response
        .setStatusCode(status)
        .putHeader("content-type", "application/json")
        .end(body.encode() + "\n");
  }
}
