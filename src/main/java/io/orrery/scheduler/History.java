package io.orrery.scheduler;

import io.orrery.config.SchedulerOptions;
import io.orrery.store.JobStore;
import io.vertx.core.Vertx;
import java.time.Instant;
import java.time.InstantSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Keeps the records of jobs that have ended within the bounds that are configured. */
final class History {
  private static final Logger LOG = LoggerFactory.getLogger(History.class);
  private static final long PERIOD_MILLIS = 60_000;

  private final Vertx vertx;
  private final JobStore store;
  private final SchedulerOptions.Store bounds;
  private final InstantSource clock;
  private boolean busy;
  private long timer = -1;

  History(Vertx vertx, JobStore store, SchedulerOptions.Store bounds, InstantSource clock) {
    this.vertx = vertx;
    this.store = store;
    this.bounds = bounds;
    this.clock = clock;
  }

  /** Looks now, and then once a minute. */
  void start() {
    look();
    timer = vertx.setPeriodic(PERIOD_MILLIS, _ -> look());
  }

  void stop() {
    vertx.cancelTimer(timer);
  }

  private void look() {
    if (busy) {
      return;
    }
    busy = true;
    Instant oldest = clock.instant().minus(bounds.keepAge());
    store
        .prune(oldest, bounds.keepJobs())
        .onComplete(_ -> busy = false)
        .onSuccess(
            removed -> {
              if (removed > 0) {
                LOG.info("the records of {} jobs that ended long ago were removed", removed);
                look(); // there may be more
              }
            })
        .onFailure(
            failure -> LOG.warn("old records are not removed now: {}", failure.getMessage()));
  }
}
