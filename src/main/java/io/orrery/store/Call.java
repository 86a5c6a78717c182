package io.orrery.store;

import io.vertx.core.AsyncResult;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.time.Duration;

/**
 * One call, answered once and on the context that made it; after the patience the answer is that
 * the store is unavailable. Answers may come from any thread.
 */
final class Call<T> {
  private final Vertx vertx;
  private final Context caller;
  private final Promise<T> promise = Promise.promise();
  private final long timer;
  private volatile boolean over;

  Call(Vertx vertx, Duration patience) {
    this.vertx = vertx;
    this.caller = vertx.getOrCreateContext();
    this.timer =
        vertx.setTimer(
            patience.toMillis(), _ -> fail(Unavailable.because("does not answer in time")));
  }

  Future<T> future() {
    return promise.future();
  }

  /** Whether nobody waits for it any more. */
  boolean isOver() {
    return over;
  }

  void complete(T value) {
    answer(Future.succeededFuture(value));
  }

  void fail(Throwable cause) {
    answer(Future.failedFuture(cause));
  }

  void answer(AsyncResult<T> outcome) {
    over = true;
    caller.runOnContext(
        _ -> {
          vertx.cancelTimer(timer);
          if (outcome.succeeded()) {
            promise.tryComplete(outcome.result());
          } else {
            promise.tryFail(outcome.cause());
          }
        });
  }
}
