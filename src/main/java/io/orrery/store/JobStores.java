package io.orrery.store;

import io.orrery.config.SchedulerOptions;
import io.vertx.core.Future;
import io.vertx.core.Vertx;

/** The stores that there are. */
public final class JobStores {
  private JobStores() {}

  /**
   * Opens the store that the options name.
   *
   * @return fails with a message that says what is wrong with it, and what to do
   */
  public static Future<JobStore> open(Vertx vertx, SchedulerOptions.Store options) {
    return SqliteJobStore.open(vertx, options.path(), StoreLimits.STANDARD);
  }
}
