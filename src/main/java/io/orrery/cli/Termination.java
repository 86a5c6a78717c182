package io.orrery.cli;

import io.vertx.core.Vertx;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The end of a server by SIGTERM or SIGINT: the first closes it in order, however long that takes,
 * and ends the process with 0; the second ends it at once with 143, as SIGTERM does by itself.
 */
final class Termination {
  private static final Logger LOG = LoggerFactory.getLogger(Termination.class);
  private static final int FAILED = 1;

  /** 128 + SIGTERM. */
  private static final int TERMINATED = 143;

  private final Vertx vertx;
  private final AtomicBoolean asked = new AtomicBoolean();

  private Termination(Vertx vertx) {
    this.vertx = vertx;
  }

  /** From now on. */
  static void closes(Vertx vertx) {
    Termination termination = new Termination(vertx);
    ProcessInterrupts signals = new ProcessInterrupts();
    signals.onTerminate(termination::end);
    signals.onInterrupt(termination::end);
  }

  /** On a thread of its own for each signal. */
  private void end() {
    if (asked.getAndSet(true)) {
      LOG.warn("a second signal: leaving at once");
      Runtime.getRuntime().halt(TERMINATED);
    }
    LOG.info("told to stop; a second signal ends the process at once");
    try {
      vertx.close().toCompletionStage().toCompletableFuture().get();
      Runtime.getRuntime().exit(0);
    } catch (ExecutionException | InterruptedException e) {
      LOG.error("not everything could be closed in order", e);
      Runtime.getRuntime().exit(FAILED);
    }
  }
}
