package io.orrery.bench;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.List;
import java.util.SplittableRandom;

/**
 * Starts jobs that have to wait, so many calls at a time, and meanwhile asks for one of the jobs
 * that wait, one call after the other. For one event loop.
 */
final class QueueFill {
  private static final List<String> NOTHING = List.of("true");

  private final Server server;
  private final int jobs;
  private final int calls;
  private final Samples queries = new Samples();
  private final SplittableRandom random = new SplittableRandom(1);
  private final Promise<Double> done = Promise.promise();
  private final String[] ids;
  private long begin;
  private int asked;
  private int answered;

  QueueFill(Server server, int jobs, int calls) {
    this.server = server;
    this.jobs = jobs;
    this.calls = calls;
    this.ids = new String[jobs];
  }

  /** The microseconds of each QueryJob. */
  Samples queries() {
    return queries;
  }

  /** Succeeds with the jobs a second when all have been acknowledged. */
  Future<Double> run() {
    begin = System.nanoTime();
    for (int i = 0; i < calls; i++) {
      next();
    }
    return done.future();
  }

  private void next() {
    if (asked == jobs || done.future().isComplete()) {
      return;
    }
    asked++;
    server
        .start(NOTHING)
        .onFailure(done::tryFail)
        .onSuccess(
            id -> {
              ids[answered++] = id;
              if (answered == 1) {
                query();
              }
              if (answered == jobs) {
                done.tryComplete(jobs / ((System.nanoTime() - begin) / 1e9));
              } else {
                next();
              }
            });
  }

  private void query() {
    if (done.future().isComplete()) {
      return;
    }
    long from = System.nanoTime();
    server
        .query(ids[random.nextInt(answered)])
        .onFailure(done::tryFail)
        .onSuccess(
            _ -> {
              // Afterwards the samples are another thread's.
              if (!done.future().isComplete()) {
                queries.addMicros(System.nanoTime() - from);
                query();
              }
            });
  }
}
