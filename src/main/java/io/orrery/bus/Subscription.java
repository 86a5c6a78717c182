package io.orrery.bus;

import io.vertx.core.Future;
import io.vertx.core.eventbus.MessageConsumer;

/** Somebody's ear on the bus, until it is cancelled. */
public final class Subscription {
  private final MessageConsumer<?> consumer;

  Subscription(MessageConsumer<?> consumer) {
    this.consumer = consumer;
  }

  /** Hears no more. A message that is on its way may be handled yet; twice is as good as once. */
  public Future<Void> cancel() {
    return consumer.unregister();
  }
}
