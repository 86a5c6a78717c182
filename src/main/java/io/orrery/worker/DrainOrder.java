package io.orrery.worker;

import io.orrery.worker.Fitness.Trouble;
import io.vertx.core.WorkerExecutor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * That an operator drains this worker, as the scheduler said last: kept in the file {@code
 * drained}, so that a worker that is started again refuses jobs before it has asked. For the
 * worker's one context, but for {@link #open}.
 */
final class DrainOrder {
  private static final Logger LOG = LoggerFactory.getLogger(DrainOrder.class);

  private final Path file;
  private final Fitness fitness;
  private final WorkerExecutor pool;
  private boolean drained;
  private String reason = "";

  private DrainOrder(Path file, Fitness fitness, WorkerExecutor pool) {
    this.file = file;
    this.fitness = fitness;
    this.pool = pool;
  }

  /** With what the file says, to be called before jobs are taken. Blocks for a file. */
  static DrainOrder open(Path data, Fitness fitness, WorkerExecutor pool) throws IOException {
    DrainOrder order = new DrainOrder(data.resolve("drained"), fitness, pool);
    try {
      order.apply(true, Files.readString(order.file).strip());
    } catch (NoSuchFileException notDrained) {
      order.apply(false, "");
    }
    return order;
  }

  private void apply(boolean wanted, String why) {
    drained = wanted;
    reason = why;
    if (wanted) {
      fitness.suffer(Trouble.DRAINED, why.isEmpty() ? "drained" : "drained: " + why);
    } else {
      fitness.over(Trouble.DRAINED);
    }
  }

  /** Takes no new jobs from now on, or takes them again. */
  void set(boolean wanted, String why) {
    if (wanted == drained && why.equals(reason)) {
      return;
    }
    LOG.info(wanted ? "an operator drains this worker: {}" : "this worker takes jobs again{}", why);
    apply(wanted, why);
    pool.executeBlocking(
            () -> {
              if (wanted) {
                AtomicFile.write(file, why + "\n");
              } else {
                Files.deleteIfExists(file);
              }
              return wanted;
            })
        .onFailure(failure -> LOG.warn("{} cannot be written: {}", file, failure.toString()));
  }
}
