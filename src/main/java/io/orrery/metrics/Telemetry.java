package io.orrery.metrics;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.composite.CompositeMeterRegistry;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.orrery.config.MetricsOptions;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.micrometer.backends.BackendRegistries;
import java.io.IOException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The meters of one server and the page that shows them. With the port 0 nothing listens, and what
 * is measured goes nowhere. It belongs to the server's context, on whose event loop the page
 * answers.
 */
public final class Telemetry {
  private static final Logger LOG = LoggerFactory.getLogger(Telemetry.class);

  /** Prometheus asks every minute at the latest, on a connection that it keeps. */
  private static final int IDLE_SECONDS = 90;

  private final Vertx vertx;
  private final MetricsOptions options;
  private final MeterRegistry registry;
  private final @Nullable Shown shown;
  private @Nullable HttpServer http;

  /** What there is only where somebody can see it. */
  private record Shown(
      PrometheusMeterRegistry registry, EventLoopDelay delay, ProcessMeters process) {}

  private Telemetry(Vertx vertx, MetricsOptions options, @Nullable Shown shown) {
    this.vertx = vertx;
    this.options = options;
    this.shown = shown;
    this.registry = shown == null ? new CompositeMeterRegistry() : shown.registry();
  }

  /**
   * Meters for these options; nothing listens yet. Blocks for many classes, among them all that the
   * page needs, which the event loop would stand still for otherwise.
   */
  public static Telemetry create(Vertx vertx, MetricsOptions options) {
    if (!options.isOn()) {
      return new Telemetry(vertx, options, null);
    }
    PrometheusMeterRegistry registry = onPage();
    EventLoopDelay delay = new EventLoopDelay(vertx, registry);
    Shown shown = new Shown(registry, delay, new ProcessMeters(registry));
    StatusPage.warmUp(registry);
    return new Telemetry(vertx, options, shown);
  }

  /** That of Vert.x, where it was started with one, so that its own meters are on the page too. */
  private static PrometheusMeterRegistry onPage() {
    return BackendRegistries.getDefaultNow() instanceof PrometheusMeterRegistry ofVertx
        ? ofVertx
        : new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
  }

  /** Whether anybody can see what is measured. */
  public boolean isOn() {
    return options.isOn();
  }

  public MeterRegistry registry() {
    return registry;
  }

  /** Listens; from the event loop that is to be measured. */
  public Future<Void> open(Readiness readiness) {
    if (shown == null) {
      return Future.succeededFuture();
    }
    shown.delay().start();
    HttpServer server =
        vertx
            .createHttpServer(
                new HttpServerOptions()
                    .setHost(options.host())
                    .setPort(options.port())
                    .setHttp2ClearTextEnabled(
                        false) // neither Prometheus nor Kubernetes asks for it
                    .setIdleTimeout(IDLE_SECONDS))
            .requestHandler(new StatusPage(shown.registry(), readiness));
    http = server;
    return server
        .listen()
        .onSuccess(_ -> LOG.info("metrics and health are on http://{}", address()))
        .recover(failure -> close().transform(_ -> Future.failedFuture(cannotListen(failure))))
        .mapEmpty();
  }

  private IOException cannotListen(Throwable failure) {
    return new IOException(
        "cannot listen on " + address() + " (metrics.port): " + failure.getMessage(), failure);
  }

  private String address() {
    String host = options.host();
    return (host.contains(":") ? "[" + host + "]" : host) + ":" + options.port();
  }

  /** Shows nothing any more. */
  public Future<Void> close() {
    if (shown != null) {
      shown.delay().stop();
      shown.process().close();
    }
    return http == null ? Future.succeededFuture() : http.close();
  }
}
