package io.orrery.store;

import io.vertx.core.Context;
import io.vertx.core.Vertx;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** Who wants to be told of one event, each on the context on which it said so. Thread-safe. */
final class Listeners {
  private record Listener(Context context, Runnable task) {}

  private final Vertx vertx;
  private final List<Listener> all = new CopyOnWriteArrayList<>();

  Listeners(Vertx vertx) {
    this.vertx = vertx;
  }

  void add(Runnable task) {
    all.add(new Listener(vertx.getOrCreateContext(), task));
  }

  /** Tells all of them; may be called on any thread. */
  void tell() {
    for (Listener listener : all) {
      listener.context().runOnContext(_ -> listener.task().run());
    }
  }
}
