package io.orrery.store;

import static io.orrery.store.JobStoreContract.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.orrery.fleet.Fleet;
import io.orrery.job.ApiException;
import io.orrery.job.Reason;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Of several schedulers with one prefix in Redis one has the store. */
final class RedisLeaseIT {
  private static final StoreLimits IMPATIENT =
      new StoreLimits(Duration.ofSeconds(2), 1000, 1 << 20);
  private static final StoredJob JOB = TestJob.of(1).build();

  @TempDir private Path directory;
  private Vertx vertx;
  private RedisServer server;
  private RedisJobStore store;

  @BeforeEach
  void start() throws Exception {
    vertx = Vertx.vertx();
    server = RedisServer.start(directory);
    store = await(open("one"));
  }

  @AfterEach
  void end() throws Exception {
    await(store.close());
    server.close();
    await(vertx.close());
  }

  private Future<RedisJobStore> open(String name) {
    return RedisJobStore.open(vertx, server.options(), directory.resolve(name), IMPATIENT);
  }

  /** As when the scheduler stood still for longer than its lease. */
  private RedisJobStore takeOver() throws Exception {
    server.say("DEL", "orrery:lease");
    return await(open("other"));
  }

  @Test
  void aSecondSchedulerIsRefusedAndToldOfTheFirst() throws Exception {
    assertThatThrownBy(() -> await(open("other")))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("is used with the same store.redis.prefix, orrery:, by another")
        .hasMessageContaining("process " + ProcessHandle.current().pid() + " on host ");

    await(store.put(JOB));
    await(store.close());
    store = await(open("other"));
    assertThat(await(store.get(JOB.id()))).contains(JOB);
  }

  @Test
  void aSecondSchedulerInOneDirectoryIsRefusedToo() throws Exception {
    assertThatThrownBy(() -> await(open("one")))
        .hasMessageContaining("another scheduler uses the store in " + directory.resolve("one"))
        .hasMessageContaining("process " + ProcessHandle.current().pid() + " on host ");
  }

  /** Pings renew it: it is there for longer than it has. */
  @Test
  void aLeaseIsRenewedForAsLongAsItsSchedulerIsThere() throws Exception {
    server.say("PEXPIRE", "orrery:lease", "1");
    Fleet.eventually("it has ended", () -> says(":0", "EXISTS", "orrery:lease"));
    Fleet.eventually("it has begun anew", () -> says(":1", "EXISTS", "orrery:lease"));
    assertThat(server.say("PTTL", "orrery:lease")).matches(":[1-9][0-9]*");
  }

  private boolean says(String reply, String... command) {
    try {
      return server.say(command).equals(reply);
    } catch (IOException failure) {
      throw new AssertionError(failure);
    }
  }

  @Test
  void whoseStoreWasTakenWritesNothingAnyMore() throws Exception {
    await(store.put(JOB));
    await(store.putValue("name", Buffer.buffer("value")));
    RedisJobStore other = takeOver();

    for (Future<?> write :
        List.of(
            store.put(TestJob.of(2).build()),
            store.insert(TestJob.of(3).build()),
            store.remove(List.of(JOB.id())),
            store.prune(Instant.MAX, 0),
            store.putValue("name", Buffer.buffer("other")),
            store.removeValue("name"))) {
      assertThatThrownBy(() -> await(write))
          .isInstanceOfSatisfying(
              ApiException.class,
              failure -> {
                assertThat(failure.reason()).isEqualTo(Reason.STORE_UNAVAILABLE);
                assertThat(failure.metadata()).containsKey("taken");
              });
    }

    assertThat(await(other.unfinished(-1, "", 10))).containsExactly(JOB);
    assertThat(await(other.value("name"))).contains(Buffer.buffer("value"));
    await(other.close());
    // It does not come back by itself, with what it knew before.
    assertThatThrownBy(() -> await(store.put(JOB))).hasMessageContaining("has taken the store");
  }

  /** Whoever has the lock of the directory knows that the one before is no more. */
  @Test
  void aSchedulerThatWasKilledIsFollowedAtOnceInItsDirectoryAndNotFromElsewhere() throws Exception {
    server.say("HSET", "orrery:scheduler", "process", "killed", "session", "killed/1");
    server.say("SET", "orrery:lease", "of one that was killed", "PX", "600000");
    await(store.close());
    assertThatThrownBy(() -> await(open("other"))).hasMessageContaining("by another scheduler");

    store = await(open("one"));
    await(store.put(JOB));
  }
}
