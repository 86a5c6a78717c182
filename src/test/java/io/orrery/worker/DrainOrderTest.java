package io.orrery.worker;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.Vertx;
import io.vertx.core.WorkerExecutor;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DrainOrderTest {
  @TempDir private Path data;
  private final Vertx vertx = Vertx.vertx();
  private final WorkerExecutor pool = vertx.createSharedWorkerExecutor("test", 1);

  @AfterEach
  void close() throws Exception {
    vertx.close().await(10, TimeUnit.SECONDS);
  }

  /** What a worker that is started now says before it has heard of the scheduler. */
  private Fitness restarted() throws Exception {
    pool.executeBlocking(() -> true).await(10, TimeUnit.SECONDS); // after all writes
    Fitness fitness = new Fitness();
    DrainOrder.open(data, fitness, pool);
    return fitness;
  }

  @Test
  void aWorkerThatIsStartedAgainRefusesJobsBeforeItHasAsked() throws Exception {
    Fitness fitness = new Fitness();
    DrainOrder order = DrainOrder.open(data, fitness, pool);
    assertThat(fitness.reason()).isEmpty();

    order.set(true, "new disk");
    assertThat(fitness.reason()).isEqualTo("drained: new disk");
    assertThat(restarted().reason()).isEqualTo("drained: new disk");

    order.set(false, "");
    assertThat(fitness.reason()).isEmpty();
    assertThat(restarted().reason()).isEmpty();
  }

  @Test
  void theDrainIsNotAReasonOfTheWorkersOwn() throws Exception {
    Fitness fitness = new Fitness();
    DrainOrder order = DrainOrder.open(data, fitness, pool);
    fitness.suffer(Fitness.Trouble.DISK, "full");
    order.set(true, "");

    assertThat(fitness.ownReason()).isEqualTo("full");
    assertThat(fitness.reason()).contains("full", "drained");
    order.set(false, "");
    assertThat(fitness.reason()).isEqualTo("full");
  }
}
