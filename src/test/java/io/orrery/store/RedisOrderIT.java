package io.orrery.store;

import static io.orrery.store.JobStoreContract.await;
import static org.assertj.core.api.Assertions.assertThat;

import io.orrery.fleet.Fleet;
import io.orrery.job.JobState;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Of two writes of one job the later stays, whatever Redis goes through meanwhile. */
final class RedisOrderIT {
  private static final int TRIES = 300;
  private static final long STEP_NANOS = 20_000;

  @TempDir private Path directory;
  private Vertx vertx;
  private RedisServer server;
  private RedisJobStore store;

  @BeforeEach
  void open() throws Exception {
    vertx = Vertx.vertx();
    server = RedisServer.start(directory);
    Path scheduler = directory.resolve("scheduler");
    store = await(RedisJobStore.open(vertx, server.options(), scheduler, StoreLimits.STANDARD));
  }

  @AfterEach
  void close() throws Exception {
    await(store.close());
    server.close();
    await(vertx.close());
  }

  private static StoredJob ended(StoredJob job) {
    return TestJob.of(job.sequence()).id(job.id()).state(JobState.Name.SUCCEEDED).build();
  }

  /** Writes jobs twice, a little later each time, after the trouble has begun. */
  private void assertTheLaterWriteStays(String... trouble) throws Exception {
    for (int i = 0; i < TRIES; i++) {
      StoredJob job = TestJob.of(i).build();
      server.say(trouble);
      Future<Void> first = store.put(job);
      long later = System.nanoTime() + i * STEP_NANOS;
      while (System.nanoTime() < later) {
        Thread.onSpinWait();
      }
      Future<Void> second = store.put(ended(job));
      await(Future.join(first, second));

      assertThat(await(store.get(job.id()))).as("after %d steps", i).contains(ended(job));
    }
  }

  @Test
  void whileTheServerForgetsItsScripts() throws Exception {
    assertTheLaterWriteStays("SCRIPT", "FLUSH");
  }

  @Test
  void whileTheServerIsEmptied() throws Exception {
    assertTheLaterWriteStays("FLUSHALL");
  }

  /** What was sent on a connection that was given up may still be to come to the server. */
  @Test
  void eachConnectionHasASessionOfItsOwnAndWritesInNoOther() throws Exception {
    String first = session();
    server.say("CLIENT", "KILL", "TYPE", "normal", "SKIPME", "yes");
    StoredJob job = TestJob.of(1).build();
    Fleet.eventually("it is connected again", () -> isDone(store.put(job)));
    String second = session();
    assertThat(second).isNotEqualTo(first);

    // As if the server had heard of the one before last.
    server.say("HSET", "orrery:scheduler", "session", first.substring(1));
    await(store.put(ended(job)));
    assertThat(session()).isNotIn(first, second);
    assertThat(await(store.get(job.id()))).contains(ended(job));
  }

  private String session() throws Exception {
    return server.say(
        "EVAL", "return {ok = redis.call('HGET', 'orrery:scheduler', 'session')}", "0");
  }

  private static boolean isDone(Future<Void> write) {
    try {
      await(write.otherwiseEmpty());
      return write.succeeded();
    } catch (Exception failure) {
      throw new AssertionError(failure);
    }
  }
}
