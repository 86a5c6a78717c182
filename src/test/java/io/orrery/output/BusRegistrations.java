package io.orrery.output;

import io.vertx.core.VertxOptions;
import io.vertx.core.spi.VertxMetricsFactory;
import io.vertx.core.spi.metrics.EventBusMetrics;
import io.vertx.core.spi.metrics.VertxMetrics;
import java.util.concurrent.atomic.AtomicLong;

/** Counts who listens on the event bus. */
public final class BusRegistrations implements VertxMetricsFactory {
  private final AtomicLong count = new AtomicLong();

  /** So many now. */
  public long count() {
    return count.get();
  }

  @Override
  public VertxMetrics metrics(VertxOptions options) {
    return new VertxMetrics() {
      @Override
      public EventBusMetrics<?> createEventBusMetrics() {
        return new EventBusMetrics<Void>() {
          @Override
          public Void handlerRegistered(String address) {
            count.incrementAndGet();
            return null;
          }

          @Override
          public void handlerUnregistered(Void handler) {
            count.decrementAndGet();
          }
        };
      }
    };
  }
}
