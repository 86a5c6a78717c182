package io.orrery.bus;

import io.orrery.job.JobId;
import io.vertx.core.Vertx;
import java.util.function.Consumer;

/** Changes of jobs, for those in this process who wait for them. */
public final class JobBus {
  private final LocalBus<JobChanged> bus;
  private final LocalBus<JobForgotten> forgotten;

  public JobBus(Vertx vertx) {
    this.bus = new LocalBus<>(vertx, JobChanged.class);
    this.forgotten = new LocalBus<>(vertx, JobForgotten.class);
  }

  /** Tells those who watch this job, and those who watch all. */
  public void publish(JobChanged change) {
    bus.publish(Addresses.job(change.job().id()), change);
    bus.publish(Addresses.JOBS, change);
  }

  /**
   * Hears of changes of one job, on the caller's context. Subscribe first and look at the job then:
   * earlier changes are not repeated.
   */
  public Subscription watch(JobId job, Consumer<JobChanged> consumer) {
    return bus.subscribe(Addresses.job(job), consumer);
  }

  /** Hears of changes of all jobs, on the caller's context. */
  public Subscription watchAll(Consumer<JobChanged> consumer) {
    return bus.subscribe(Addresses.JOBS, consumer);
  }

  /** Tells that nobody knows the job any more. */
  public void publishForgotten(JobId job) {
    forgotten.publish(Addresses.FORGOTTEN, new JobForgotten(job));
  }

  /** Hears of all jobs that are forgotten, on the caller's context. */
  public Subscription watchForgotten(Consumer<JobForgotten> consumer) {
    return forgotten.subscribe(Addresses.FORGOTTEN, consumer);
  }
}
