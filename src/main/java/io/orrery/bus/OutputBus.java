package io.orrery.bus;

import io.orrery.job.JobId;
import io.vertx.core.Vertx;
import java.util.function.Consumer;

/** What jobs print, for their readers in this process. */
public final class OutputBus {
  private final LocalBus<OutputEvent> bus;
  private final LocalBus<OutputLimitReached> limits;

  public OutputBus(Vertx vertx) {
    this.bus = new LocalBus<>(vertx, OutputEvent.class);
    this.limits = new LocalBus<>(vertx, OutputLimitReached.class);
  }

  /** Tells the readers of the job. There is no back-pressure: the caller counts what is unread. */
  public void publish(OutputEvent event) {
    bus.publish(Addresses.output(event.job()), event);
  }

  /** Hears of what one job prints from now on, on the caller's context. */
  public Subscription follow(JobId job, Consumer<OutputEvent> consumer) {
    return bus.subscribe(Addresses.output(job), consumer);
  }

  /** Tells whoever stops jobs. */
  public void publish(OutputLimitReached reached) {
    limits.publish(Addresses.LIMITS, reached);
  }

  /** Hears of all jobs that print more than they may, on the caller's context. */
  public Subscription watchLimits(Consumer<OutputLimitReached> consumer) {
    return limits.subscribe(Addresses.LIMITS, consumer);
  }
}
