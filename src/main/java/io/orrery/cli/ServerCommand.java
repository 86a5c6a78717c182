package io.orrery.cli;

import io.orrery.config.ConfigFile;
import io.orrery.config.ConfigurationException;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.json.JsonObject;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** A command that is a server: deploys a verticle and stays until the process is told to end. */
abstract class ServerCommand implements Callable<Integer> {
  private final String verticle;
  private final String usualConfiguration;

  @Option(
      names = {"-conf", "--conf"},
      paramLabel = "FILE",
      description = "the configuration; that of the installation's conf folder unless given")
  private @Nullable Path configuration;

  @Option(
      names = {"-cluster", "--cluster"},
      description = "join the others of conf/cluster.xml")
  private boolean cluster;

  @SuppressWarnings("UnusedVariable") // picocli reads it
  @Mixin
  private final HelpFlag help = new HelpFlag();

  ServerCommand(String verticle, String usualConfiguration) {
    this.verticle = verticle;
    this.usualConfiguration = usualConfiguration;
  }

  @Override
  public final Integer call() throws Exception {
    try {
      JsonObject config = ConfigFile.read(file());
      Vertx vertx = vertx();
      Termination.closes(vertx);
      SpareHeap.ofProcess().giveBack(vertx);
      Deployments.deploy(vertx, verticle, config);
    } catch (ConfigurationException wrong) {
      throw new CommandException(String.valueOf(wrong.getMessage()), ExitCode.CONFIGURATION);
    }
    new CountDownLatch(1).await();
    return ExitCode.SUCCESS;
  }

  private Path file() {
    return configuration == null
        ? ConfigFile.home().resolve("conf").resolve(usualConfiguration)
        : configuration;
  }

  private Vertx vertx() throws InterruptedException {
    VertxOptions options = FileCaches.none(new VertxOptions());
    if (!cluster) {
      return Vertx.vertx(options);
    }
    try {
      return Vertx.clusteredVertx(options).toCompletionStage().toCompletableFuture().get();
    } catch (ExecutionException e) {
      throw new CommandException("cannot join the cluster: " + Deployments.reason(e));
    }
  }
}
