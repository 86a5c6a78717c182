package io.orrery.store;

import io.orrery.config.RedisStoreOptions;
import io.orrery.job.JobId;
import io.vertx.core.Vertx;
import java.nio.file.Path;

/**
 * A program that inserts jobs, many at a time, and prints the id of each that is acknowledged,
 * until it is killed: {@code sqlite <directory>} or {@code redis <port> <directory>}.
 */
final class InsertProbe {
  private static final int AT_ONCE = 100;

  private InsertProbe() {}

  public static void main(String[] arguments) throws Exception {
    Vertx vertx = Vertx.vertx();
    JobStore store =
        arguments[0].equals("sqlite")
            ? SqliteJobStore.create(vertx, Path.of(arguments[1]), StoreLimits.STANDARD)
            : JobStoreContract.await(
                RedisJobStore.open(
                    vertx,
                    new RedisStoreOptions(
                        "127.0.0.1",
                        Integer.parseInt(arguments[1]),
                        new RedisStoreOptions.Tls(false, null, null, null),
                        "",
                        null,
                        0,
                        "orrery:"),
                    Path.of(arguments[2]),
                    StoreLimits.STANDARD));
    for (int i = 0; i < AT_ONCE; i++) {
      insertOn(store, i);
    }
  }

  private static void insertOn(JobStore store, long sequence) {
    JobId id = JobId.random();
    store
        .insert(TestJob.of(sequence).id(id).label("k", "v").build())
        .onSuccess(
            _ -> {
              System.out.println(id);
              insertOn(store, sequence + AT_ONCE);
            });
  }
}
