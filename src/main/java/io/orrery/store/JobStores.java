package io.orrery.store;

import io.micrometer.core.instrument.MeterRegistry;
import io.orrery.config.SchedulerOptions;
import io.vertx.core.Future;
import io.vertx.core.Vertx;

/** Opens the store that the configuration names. */
public final class JobStores {
  private JobStores() {}

  /**
   * Opens the store and has its calls measured; fails as {@link #open(Vertx,
   * SchedulerOptions.Store)} does.
   */
  public static Future<JobStore> open(
      Vertx vertx, SchedulerOptions.Store options, MeterRegistry registry) {
    return open(vertx, options).map(store -> new MeasuredStore(store, registry));
  }

  /** Opens the store; fails with a message that says what is wrong with it and what to do. */
  public static Future<JobStore> open(Vertx vertx, SchedulerOptions.Store options) {
    return switch (options.type()) {
      case EMBEDDED -> SqliteJobStore.open(vertx, options.path(), StoreLimits.STANDARD);
      case REDIS ->
          RedisJobStore.open(vertx, options.redis(), options.path(), StoreLimits.STANDARD)
              .map(store -> store);
    };
  }
}
