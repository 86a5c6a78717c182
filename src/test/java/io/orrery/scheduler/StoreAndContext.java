package io.orrery.scheduler;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;

import io.orrery.config.SchedulerOptions;
import io.orrery.store.JobStore;
import io.orrery.store.JobStores;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonObject;
import java.nio.file.Path;
import java.util.concurrent.Callable;

/** An embedded store in a directory, and a context as a scheduler has one. */
final class StoreAndContext {
  private final Vertx vertx = Vertx.vertx();
  private final Context context = vertx.getOrCreateContext();
  private final JobStore store;

  StoreAndContext(Path home) throws Exception {
    JsonObject options =
        new JsonObject().put("store", new JsonObject().put("path", home.resolve("s").toString()));
    store = JobStores.open(vertx, SchedulerOptions.parse(options, home).store()).await(30, SECONDS);
  }

  Vertx vertx() {
    return vertx;
  }

  JobStore store() {
    return store;
  }

  /** What the call answers there. */
  <T> T on(Callable<T> call) throws Exception {
    return later(() -> Future.succeededFuture(call.call()));
  }

  /** What the call's future gives there. */
  <T> T later(Callable<Future<T>> call) throws Exception {
    Promise<T> done = Promise.promise();
    context.runOnContext(
        _ -> {
          try {
            call.call().onComplete(done);
          } catch (Exception e) {
            done.fail(e);
          }
        });
    return done.future().await(30, SECONDS);
  }

  void run(Runnable action) throws Exception {
    on(
        () -> {
          action.run();
          return true;
        });
  }

  /** Asks there again and again. */
  void await(Callable<Boolean> condition) throws Exception {
    long end = System.nanoTime() + SECONDS.toNanos(30);
    while (!on(condition)) {
      assertThat(System.nanoTime()).as("in time").isLessThan(end);
      Thread.sleep(5);
    }
  }

  void close() throws Exception {
    store.close().await(30, SECONDS);
    vertx.close().await(30, SECONDS);
  }
}
