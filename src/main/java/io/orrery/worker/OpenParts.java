package io.orrery.worker;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.function.Supplier;

/** What was opened, to be closed in the reverse order, whatever of it fails to. */
final class OpenParts {
  private final Vertx vertx;
  private final Deque<Supplier<Future<Boolean>>> closing = new ArrayDeque<>();

  OpenParts(Vertx vertx) {
    this.vertx = vertx;
  }

  /** Adds a part whose closing takes its time. */
  void onClose(Supplier<Future<Void>> close) {
    closing.push(() -> close.get().map(true));
  }

  /** Adds a part whose closing blocks; answers with it. */
  <T extends AutoCloseable> T add(T part) {
    closing.push(
        () ->
            vertx.executeBlocking(
                () -> {
                  part.close();
                  return true;
                }));
    return part;
  }

  /** Closes all; fails as the first did that failed. A second time there is nothing left. */
  Future<Void> close() {
    Future<Boolean> closed = Future.succeededFuture(true);
    while (!closing.isEmpty()) {
      closed = closed.eventually(closing.pop());
    }
    return closed.mapEmpty();
  }
}
