package io.orrery.worker;

import io.orrery.metrics.Readiness;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Whether the worker does its work: its scheduler has answered within the lease, and it takes new
 * jobs. It belongs to the worker's context.
 */
final class WorkerReadiness implements Readiness {
  private final Fitness fitness;
  private @Nullable SchedulerLink link;

  WorkerReadiness(Fitness fitness) {
    this.fitness = fitness;
  }

  /** It listens, and makes itself known. */
  void listens(SchedulerLink toScheduler) {
    link = toScheduler;
  }

  @Override
  public Future<List<String>> troubles() {
    List<String> troubles = new ArrayList<>();
    if (link == null) {
      troubles.add("the worker does not listen yet");
    } else if (!link.isBelievedIn()) {
      troubles.add("the scheduler has not answered within the lease");
    }
    if (!fitness.reason().isEmpty()) {
      troubles.add(fitness.reason());
    }
    return Future.succeededFuture(troubles);
  }
}
