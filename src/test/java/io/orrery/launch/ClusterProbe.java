package io.orrery.launch;

import io.vertx.core.DeploymentOptions;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;

/**
 * Deploys the {@code verticle} that its configuration names with its {@code config}, publishes its
 * own {@code name} on the event bus again and again, and prints the names that arrive from others.
 */
public final class ClusterProbe extends VerticleBase {
  private static final String ADDRESS = "test.names";
  private static final long PERIOD_MILLIS = 200;

  @Override
  public Future<?> start() {
    String name = config().getString("name");
    vertx
        .eventBus()
        .<String>consumer(
            ADDRESS,
            message -> {
              if (!message.body().equals(name)) {
                System.out.println("heard " + message.body());
              }
            });
    vertx.setPeriodic(PERIOD_MILLIS, _ -> vertx.eventBus().publish(ADDRESS, name));
    return vertx.deployVerticle(
        config().getString("verticle"),
        new DeploymentOptions().setConfig(config().getJsonObject("config")));
  }
}
