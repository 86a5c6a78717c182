package io.orrery.cli;

import io.orrery.config.ConfigurationException;
import io.vertx.core.DeploymentOptions;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonObject;
import java.util.concurrent.ExecutionException;

/** Deploys a verticle by its name and waits until it has started. */
final class Deployments {
  private Deployments() {}

  /**
   * Answers with the id of the deployment.
   *
   * @throws ConfigurationException when its configuration is wrong
   * @throws CommandException when it cannot start for another reason
   */
  static String deploy(Vertx vertx, String verticle, JsonObject config)
      throws InterruptedException {
    try {
      return vertx
          .deployVerticle(verticle, new DeploymentOptions().setConfig(config))
          .toCompletionStage()
          .toCompletableFuture()
          .get();
    } catch (ExecutionException e) {
      if (e.getCause() instanceof ConfigurationException wrong) {
        throw wrong;
      }
      throw new CommandException(verticle + " could not be started: " + reason(e));
    }
  }

  static String reason(ExecutionException failure) {
    Throwable cause = failure.getCause();
    return String.valueOf(cause == null ? failure.getMessage() : cause.getMessage());
  }
}
