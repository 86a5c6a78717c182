package io.orrery.rpc;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.TimeoutException;

/** Futures that are waited for only so long. */
public final class TimeLimit {
  private TimeLimit() {}

  /**
   * The same outcome, or a {@link TimeoutException} after the time, on the context that calls.
   * Vert.x's own {@code Future.timeout} tells of the time on a thread of no context where the
   * future has none, and what follows then runs there.
   */
  public static <T> Future<T> within(Duration time, Future<T> future) {
    if (future.isComplete()) {
      return future;
    }
    Vertx vertx = Objects.requireNonNull(Vertx.currentContext(), "not on a context").owner();
    Promise<T> first = Promise.promise();
    long timer =
        vertx.setTimer(
            Math.max(1, time.toMillis()),
            _ -> first.tryFail(new TimeoutException("not within " + time)));
    future.onComplete(_ -> vertx.cancelTimer(timer)).onComplete(first::tryComplete, first::tryFail);
    return first.future();
  }
}
