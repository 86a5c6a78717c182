package io.orrery.cli;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.VertxBuilder;
import io.vertx.core.VertxOptions;
import io.vertx.core.spi.VertxMetricsFactory;
import io.vertx.core.spi.VertxTracerFactory;
import io.vertx.core.spi.cluster.ClusterManager;
import io.vertx.core.transport.Transport;

/**
 * Leaves it to the options whether Vert.x measures itself. The launcher hands over the factory that
 * it finds on the class path, and a builder that is given one measures whatever the options say.
 */
final class MeasuredAsAsked implements VertxBuilder {
  private final VertxBuilder builder;

  MeasuredAsAsked(VertxBuilder builder) {
    this.builder = builder;
  }

  @Override
  public VertxBuilder with(VertxOptions options) {
    builder.with(options);
    return this;
  }

  @Override
  public VertxBuilder withMetrics(VertxMetricsFactory factory) {
    return this;
  }

  @Override
  public VertxBuilder withTracer(VertxTracerFactory factory) {
    builder.withTracer(factory);
    return this;
  }

  @Override
  public VertxBuilder withTransport(Transport transport) {
    builder.withTransport(transport);
    return this;
  }

  @Override
  public VertxBuilder withClusterManager(ClusterManager clusterManager) {
    builder.withClusterManager(clusterManager);
    return this;
  }

  @Override
  public Vertx build() {
    return builder.build();
  }

  @Override
  public Future<Vertx> buildClustered() {
    return builder.buildClustered();
  }
}
