package io.orrery.metrics;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.vertx.core.Vertx;
import java.time.Duration;

/**
 * How late the event loop is: ten times a second a timer is set there, and it is measured how much
 * later it comes than it should. While the loop is blocked nothing else happens on it either.
 */
final class EventLoopDelay {
  private static final long PERIOD_MILLIS = 100;

  private final Vertx vertx;
  private final Timer lateness;
  private long timer = -1;

  EventLoopDelay(Vertx vertx, MeterRegistry registry) {
    this.vertx = vertx;
    this.lateness =
        Buckets.times("orrery.event.loop.delay", "How much later than asked a timer came")
            .register(registry);
  }

  /** Begins; on the event loop that is to be measured. */
  void start() {
    long due = System.nanoTime() + Duration.ofMillis(PERIOD_MILLIS).toNanos();
    timer =
        vertx.setTimer(
            PERIOD_MILLIS,
            _ -> {
              lateness.record(Duration.ofNanos(Math.max(0, System.nanoTime() - due)));
              start();
            });
  }

  void stop() {
    vertx.cancelTimer(timer);
  }
}
