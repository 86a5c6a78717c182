package io.orrery.cli;

import io.orrery.config.ConfigFile;
import io.orrery.config.ConfigurationException;
import io.vertx.core.DeploymentOptions;
import io.vertx.core.Launcher;
import io.vertx.core.Vertx;
import io.vertx.core.VertxBuilder;
import io.vertx.core.VertxOptions;
import java.io.IOException;
import java.nio.file.Path;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What {@code bin/vertx} starts: the launcher of Vert.x, except that a configuration that is wrong
 * or missing ends it with exit code 78 (EX_CONFIG of sysexits.h) and one message, and nothing
 * started.
 */
public final class VertxLauncher extends Launcher {
  private static final Logger LOG = LoggerFactory.getLogger(VertxLauncher.class);
  private static final int FAILED = 1;
  private static final int WRONG_CONFIGURATION = 78;

  /** Starts what the arguments say; they are those of {@code vertx}. */
  public static void main(String[] args) {
    try {
      checkConfigurationFile(args);
    } catch (ConfigurationException wrong) {
      exit(WRONG_CONFIGURATION, String.valueOf(wrong.getMessage()));
    }
    SpareHeap.keepNoJarsOpen();
    new VertxLauncher().dispatch(args);
  }

  /** The launcher would only warn about a file that is not there, and start without it. */
  private static void checkConfigurationFile(String[] args) {
    for (int i = 0; i < args.length; i++) {
      String argument = args[i];
      String value = null;
      if (argument.equals("-conf") || argument.equals("--conf")) {
        value = i + 1 < args.length ? args[i + 1] : "";
      } else if (argument.startsWith("-conf=") || argument.startsWith("--conf=")) {
        value = argument.substring(argument.indexOf('=') + 1);
      }
      if (value != null && !value.stripLeading().startsWith("{")) {
        ConfigFile.read(Path.of(value));
      }
    }
  }

  @Override
  public void beforeStartingVertx(VertxOptions options) {
    FileCaches.none(options);
  }

  @Override
  public VertxBuilder createVertxBuilder(VertxOptions options) {
    return new MeasuredAsAsked(super.createVertxBuilder(options));
  }

  @Override
  public void afterStartingVertx(Vertx vertx) {
    Termination.closes(vertx);
    SpareHeap.ofProcess().giveBack(vertx);
  }

  @Override
  public void handleDeployFailed(
      Vertx vertx, String mainVerticle, DeploymentOptions options, Throwable cause) {
    exit(
        cause instanceof ConfigurationException ? WRONG_CONFIGURATION : FAILED,
        explain(mainVerticle, cause));
  }

  private static String explain(String verticle, Throwable cause) {
    return switch (cause) {
      case ConfigurationException wrong -> String.valueOf(wrong.getMessage());
      case ClassNotFoundException _ ->
          "there is no verticle " + verticle + "; Orrery has SchedulerVerticle and WorkerVerticle";
      case IOException told -> verticle + " could not be started: " + told.getMessage();
      default -> {
        LOG.error("{} could not be started", verticle, cause);
        yield verticle + " could not be started: " + cause;
      }
    };
  }

  /**
   * From an event loop: the JVM's exit waits for Vert.x to close, so nothing here may wait for
   * that.
   */
  private static void exit(int code, String message) {
    System.err.println("orrery: " + message);
    Runtime.getRuntime().halt(code);
  }
}
