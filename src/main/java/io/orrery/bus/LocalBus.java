package io.orrery.bus;

import io.vertx.core.Handler;
import io.vertx.core.Vertx;
import io.vertx.core.eventbus.DeliveryOptions;
import io.vertx.core.eventbus.EventBus;
import io.vertx.core.eventbus.Message;
import java.util.function.Consumer;

/** Publishing and hearing of one kind of immutable message within this process. */
final class LocalBus<T> {
  private static final DeliveryOptions LOCAL =
      new DeliveryOptions().setLocalOnly(true).setCodecName(LocalCodec.NAME);

  private final EventBus bus;
  private final Class<T> type;

  LocalBus(Vertx vertx, Class<T> type) {
    LocalCodec.register(vertx);
    this.bus = vertx.eventBus();
    this.type = type;
  }

  /** May be called from any thread; messages of one thread arrive in order. */
  void publish(String address, T message) {
    bus.publish(address, message, LOCAL);
  }

  /** The handler runs on the caller's context. */
  Subscription subscribe(String address, Consumer<T> consumer) {
    Handler<Message<Object>> handler =
        message -> {
          // Another program on a clustered bus may send to any address: only our own types pass.
          if (type.isInstance(message.body())) {
            consumer.accept(type.cast(message.body()));
          }
        };
    return new Subscription(bus.localConsumer(address, handler));
  }
}
