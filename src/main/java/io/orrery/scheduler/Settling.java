package io.orrery.scheduler;

import io.orrery.job.ApiException;
import io.orrery.job.Reason;
import io.orrery.rpc.TimeLimit;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.Collection;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

/**
 * The time after a start until the workers that were known before have told which jobs they have,
 * at most {@link LeaseClock#FIRST_GRACE} leases: until then 'no such job' is not known to be true.
 * It belongs to the scheduler's one context.
 */
final class Settling {
  /** How long a call is held; a longer wait is the caller's own. */
  private static final Duration LONGEST_HOLD = Duration.ofSeconds(10);

  private final Set<String> awaited;
  private final Promise<Void> over = Promise.promise();

  Settling(Collection<WorkerProfile> known) {
    awaited =
        known.stream().map(WorkerProfile::name).collect(Collectors.toCollection(TreeSet::new));
    endWhenNobodyIsAwaited();
  }

  /** The scheduler listens: workers have the first grace from now on. */
  void start(Vertx vertx, Duration lease) {
    vertx
        .timer(LeaseClock.FIRST_GRACE * lease.toMillis(), TimeUnit.MILLISECONDS)
        .onSuccess(_ -> over.tryComplete());
  }

  /** The worker's jobs are known, or it has none any more. */
  void heardFrom(String workerName) {
    awaited.remove(workerName);
    endWhenNobodyIsAwaited();
  }

  private void endWhenNobodyIsAwaited() {
    if (awaited.isEmpty()) {
      over.tryComplete();
    }
  }

  boolean isOver() {
    return over.future().isComplete();
  }

  /** Completes when the jobs are known; fails with {@link Reason#STARTING} when that takes long. */
  Future<Void> whenOver() {
    if (isOver()) {
      return Future.succeededFuture();
    }
    return TimeLimit.within(LONGEST_HOLD, over.future())
        .recover(_ -> Future.failedFuture(starting()));
  }

  /** What is answered to those who cannot be answered yet. */
  ApiException starting() {
    return new ApiException(
        Reason.STARTING,
        "the scheduler has just started and still waits for "
            + awaited.size()
            + " of the workers that it knew, to hear which jobs they have; try again",
        Map.of("workers", Integer.toString(awaited.size())));
  }
}
