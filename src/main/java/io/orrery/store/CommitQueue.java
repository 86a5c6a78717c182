package io.orrery.store;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The one thread that writes: all changes that came while one commit ran share the next. Where a
 * commit fails, all of its changes fail, and the next one begins with a new connection.
 */
final class CommitQueue {
  private static final Logger LOG = LoggerFactory.getLogger(CommitQueue.class);
  private static final int MOST_AT_ONCE = 5_000;

  /** One change within a transaction, on the writer's thread. */
  @FunctionalInterface
  interface Change<T> {
    T apply(SqliteLink link) throws SQLException;
  }

  private record Waiting<T>(Call<T> call, Change<T> change) {
    Runnable apply(SqliteLink link) throws SQLException {
      T result = change.apply(link);
      return () -> call.complete(result);
    }
  }

  private final Vertx vertx;
  private final StoreLimits limits;
  private final SqliteLink link;
  private final Runnable forgotten;
  private final BlockingQueue<Waiting<?>> queue;
  private final AtomicLong commits = new AtomicLong();
  private final Thread thread;
  private volatile boolean closing;

  /** What has been forgotten is told on the thread, before the next changes. */
  CommitQueue(Vertx vertx, StoreLimits limits, SqliteLink link, Runnable forgotten) {
    this.vertx = vertx;
    this.limits = limits;
    this.link = link;
    this.forgotten = forgotten;
    this.queue = new LinkedBlockingQueue<>(limits.waiting());
    this.thread = Thread.ofPlatform().name("orrery-store-writer").daemon().start(this::run);
  }

  <T> Future<T> submit(Change<T> change) {
    Call<T> call = new Call<>(vertx, limits.patience());
    if (closing) {
      call.fail(Unavailable.because("is closed"));
    } else if (!queue.offer(new Waiting<>(call, change))) {
      call.fail(Unavailable.because("has too many writes waiting"));
    }
    return call.future();
  }

  /** How many transactions there were. */
  long commits() {
    return commits.get();
  }

  private void run() {
    List<Waiting<?>> batch = new ArrayList<>();
    try {
      while (!closing || !queue.isEmpty()) {
        batch.add(queue.take());
        queue.drainTo(batch, MOST_AT_ONCE - 1);
        batch.removeIf(waiting -> waiting.call().isOver());
        if (!batch.isEmpty()) {
          commit(batch);
        }
        batch.clear();
      }
    } catch (InterruptedException ended) {
      Thread.currentThread().interrupt();
    } finally {
      link.close();
    }
  }

  private void commit(List<Waiting<?>> batch) {
    try {
      if (link.refresh()) {
        forgotten.run();
      }
      List<Runnable> answers = new ArrayList<>(batch.size());
      link.prepare("BEGIN IMMEDIATE").execute();
      for (Waiting<?> waiting : batch) {
        answers.add(waiting.apply(link));
      }
      link.prepare("COMMIT").execute();
      commits.incrementAndGet();
      answers.forEach(Runnable::run);
    } catch (SQLException | RuntimeException | Error failure) {
      // Closing the connection rolls back. This thread must not end: it is the only one.
      link.close();
      Throwable told = SqliteFailures.told(failure);
      LOG.warn("{} writes to the store failed: {}", batch.size(), failure.toString());
      batch.forEach(waiting -> waiting.call().fail(told));
    }
  }

  /** Writes what waits, then ends the thread. Blocks for at most the patience. */
  void close() throws InterruptedException {
    closing = true;
    queue.offer(new Waiting<>(new Call<>(vertx, limits.patience()), _ -> true));
    thread.join(limits.patience());
  }
}
