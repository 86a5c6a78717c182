package io.orrery.store;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.sql.SQLException;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One thread that reads, one query after the other, each as of the last commit before it. */
final class QueryThread {
  private static final Logger LOG = LoggerFactory.getLogger(QueryThread.class);
  private static final int MOST_WAITING = 20_000;

  /** One query, on the thread. */
  @FunctionalInterface
  interface Query<T> {
    T run(SqliteLink link) throws SQLException;
  }

  private final Vertx vertx;
  private final StoreLimits limits;
  private final SqliteLink link;
  private final ThreadPoolExecutor thread;

  QueryThread(Vertx vertx, StoreLimits limits, SqliteLink link, String name) {
    this.vertx = vertx;
    this.limits = limits;
    this.link = link;
    this.thread =
        new ThreadPoolExecutor(
            1,
            1,
            0,
            TimeUnit.SECONDS,
            new ArrayBlockingQueue<>(Math.min(MOST_WAITING, limits.waiting())),
            Thread.ofPlatform().name(name).daemon().factory());
  }

  <T> Future<T> ask(Query<T> query) {
    Call<T> call = new Call<>(vertx, limits.patience());
    try {
      thread.execute(() -> run(call, query));
    } catch (RejectedExecutionException full) {
      call.fail(
          Unavailable.because(thread.isShutdown() ? "is closed" : "has too many reads waiting"));
    }
    return call.future();
  }

  private <T> void run(Call<T> call, Query<T> query) {
    if (call.isOver()) {
      return;
    }
    try {
      link.refresh();
      call.complete(query.run(link));
    } catch (SQLException | RuntimeException failure) {
      link.close();
      LOG.warn("a query of the store failed: {}", failure.toString());
      call.fail(SqliteFailures.told(failure));
    }
  }

  /** Ends the thread after what waits. Blocks for at most the patience. */
  void close() throws InterruptedException {
    thread.execute(link::close);
    thread.shutdown();
    if (!thread.awaitTermination(limits.patience().toMillis(), TimeUnit.MILLISECONDS)) {
      LOG.warn("queries of the store are still under way while it is closed");
    }
  }
}
