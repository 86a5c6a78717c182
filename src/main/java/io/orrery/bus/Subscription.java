package io.orrery.bus;

import io.vertx.core.Future;
import io.vertx.core.eventbus.MessageConsumer;
import io.vertx.core.eventbus.impl.MessageConsumerImpl;

/** Somebody's ear on the bus, until it is cancelled. */
public final class Subscription {
  private final MessageConsumer<?> consumer;

  Subscription(MessageConsumer<?> consumer) {
    this.consumer = consumer;
    // What is on its way to a consumer that has left is logged as a warning, message by message,
    // unless somebody takes it; the interface does not offer that.
    if (consumer instanceof MessageConsumerImpl<?> leaving) {
      leaving.discardHandler(message -> {});
    }
  }

  /** Hears no more. A message that is on its way may be handled yet; twice is as good as once. */
  public Future<Void> cancel() {
    return consumer.unregister();
  }
}
