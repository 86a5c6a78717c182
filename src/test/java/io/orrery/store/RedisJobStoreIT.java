package io.orrery.store;

import static io.orrery.store.JobStoreContract.await;
import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The contract on a real Redis. */
final class RedisJobStoreIT implements JobStoreContract {
  @TempDir private static Path directory;
  private static RedisServer server;
  private Vertx vertx;
  private RedisJobStore store;

  @BeforeAll
  static void start() throws Exception {
    server = RedisServer.start(directory);
  }

  @AfterAll
  static void stop() {
    server.close();
  }

  @BeforeEach
  void open() throws Exception {
    server.say("FLUSHALL");
    vertx = Vertx.vertx();
    store = await(open(directory.resolve("scheduler")));
  }

  private Future<RedisJobStore> open(Path scheduler) {
    return RedisJobStore.open(vertx, server.options(), scheduler, StoreLimits.STANDARD);
  }

  @AfterEach
  void close() throws Exception {
    await(store.close());
    await(vertx.close());
  }

  @Override
  public JobStore store() {
    return store;
  }

  @Override
  public Vertx vertx() {
    return vertx;
  }

  @Test
  void ofRemovedJobsNoKeyIsLeft() throws Exception {
    List<StoredJob> jobs = new ArrayList<>();
    for (int i = 0; i < 20; i++) {
      jobs.add(TestJob.of(i).worker("w").label("ü=" + i, "v").build());
    }
    await(Future.all(jobs.stream().map(store::put).toList()));

    await(store.remove(jobs.stream().map(StoredJob::id).toList()));

    // The name of the store, its scheduler, and the lease of that.
    assertThat(server.say("DBSIZE")).isEqualTo(":3");
  }

  @Test
  void aThousandInsertsShareFewWritesToTheDisk() throws Exception {
    await(store.insert(TestJob.of(1000).build()));
    long before = server.writes();
    List<Future<Boolean>> inserts = new ArrayList<>();
    for (int i = 0; i < 1000; i++) {
      inserts.add(store.insert(TestJob.of(i).build()));
    }
    await(Future.all(inserts));

    assertThat(server.writes() - before).isBetween(1L, 500L);
  }

  @Test
  void aServerThatKeepsWhatItAcknowledgesHasNothingMissing() {
    assertThat(store.missingGuarantees()).isEmpty();
  }

  @Test
  void whatTheServerDoesNotGuaranteeIsNamed() throws Exception {
    await(store.close());
    server.say("CONFIG", "SET", "appendfsync", "everysec");
    server.say("CONFIG", "SET", "maxmemory-policy", "allkeys-lru");
    try {
      store = await(open(directory.resolve("scheduler")));
      assertThat(store.missingGuarantees())
          .hasSize(2)
          .anyMatch(text -> text.contains("appendfsync is everysec and must be always"))
          .anyMatch(text -> text.contains("maxmemory-policy is allkeys-lru"));
    } finally {
      server.say("CONFIG", "SET", "appendfsync", "always");
      server.say("CONFIG", "SET", "maxmemory-policy", "noeviction");
    }
  }
}
