package io.orrery.store;

import static io.orrery.store.JobStoreContract.await;
import static io.orrery.store.SqliteJobStoreIT.assertUnavailable;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.orrery.config.RedisStoreOptions;
import io.orrery.config.TlsFiles;
import io.orrery.job.ApiException;
import io.orrery.security.Role;
import io.orrery.security.TestParties;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a store in Redis does while Redis is in trouble, and after. */
final class RedisFaultsIT {
  private static final StoreLimits IMPATIENT =
      new StoreLimits(Duration.ofSeconds(2), 1000, 1 << 20);
  private static final StoredJob JOB = TestJob.of(1).build();

  @TempDir private Path directory;
  private final List<AutoCloseable> open = new ArrayList<>();
  private Vertx vertx;
  private int schedulers;

  @BeforeEach
  void start() {
    vertx = Vertx.vertx();
  }

  @AfterEach
  void end() throws Exception {
    for (AutoCloseable resource : open.reversed()) {
      resource.close();
    }
    await(vertx.close());
  }

  @Test
  void aServerThatIsDownAtTheStartIsWaitedForAndThenNamed() throws Exception {
    RedisServer server = keep(RedisServer.prepared(directory));

    assertRefused(connect(server.options()), server.port() + ", cannot be reached");
    Future<RedisJobStore> opening = connect(server.options());
    server.run();

    keepStore(await(opening));
  }

  @Test
  void whatWasAcknowledgedIsThereAfterAKillAndANewConnection() throws Exception {
    RedisServer server = keep(RedisServer.start(directory));
    RedisJobStore store = keepStore(await(connect(server.options())));
    List<Future<Boolean>> inserts = new ArrayList<>();
    for (int i = 0; i < 900; i++) {
      inserts.add(store.insert(TestJob.of(i).build()));
    }
    await(inserts.get(100));
    server.kill();
    await(Future.join(inserts).otherwiseEmpty());
    long acknowledged = inserts.stream().filter(Future::succeeded).count();
    inserts.stream()
        .filter(Future::failed)
        .forEach(insert -> assertThat(insert.cause()).isInstanceOf(ApiException.class));

    server.run();
    awaitHealing(store);

    assertThat(acknowledged).isPositive();
    assertThat(await(store.unfinished(-1, "", 1000)))
        .hasSizeGreaterThanOrEqualTo((int) acknowledged);
  }

  @Test
  void aServerThatStandsStillFailsCallsInTimeAndIsUsedAgain() throws Exception {
    RedisServer server = keep(RedisServer.start(directory));
    RedisJobStore store = keepStore(await(connect(server.options())));
    server.signal("STOP");
    try {
      assertThatThrownBy(() -> await(store.put(JOB)))
          .isInstanceOf(ApiException.class)
          .hasMessageContaining("the scheduler's store");
    } finally {
      server.signal("CONT");
    }

    awaitHealing(store);
  }

  @Test
  void aFullServerChangesNothingAndIsUsedAgain() throws Exception {
    RedisServer server = keep(RedisServer.start(directory));
    RedisJobStore store = keepStore(await(connect(server.options())));
    StoredJob before = TestJob.of(1).owner("ann").label("k", "v").build();
    StoredJob after =
        TestJob.of(2).id(before.id()).owner("bob").body(Buffer.buffer(new byte[9999])).build();
    await(store.put(before));
    server.say("CONFIG", "SET", "maxmemory", "1mb");

    assertUnavailable(store.put(after), "has no memory left");
    assertThat(await(store.get(before.id()))).contains(before);
    assertThat(await(store.list(TestFilter.all().owner("ann").build(), Optional.empty(), 5)))
        .containsExactly(before);

    server.say("CONFIG", "SET", "maxmemory", "0");
    await(store.put(after));
    assertThat(await(store.get(before.id()))).contains(after);
  }

  @Test
  void aReplicaIsReadOnly() throws Exception {
    RedisServer server = keep(RedisServer.start(directory));
    RedisJobStore store = keepStore(await(connect(server.options())));
    server.say("REPLICAOF", "127.0.0.1", "1");

    assertUnavailable(store.put(JOB), "is read-only");

    server.say("REPLICAOF", "NO", "ONE");
    await(store.put(JOB));
  }

  @Test
  void anEmptiedStoreIsToldAndTakesJobsAgain() throws Exception {
    RedisServer server = keep(RedisServer.start(directory));
    RedisJobStore store = keepStore(await(connect(server.options())));
    Promise<Boolean> told = Promise.promise();
    store.onForgotten(() -> told.complete(true));
    await(store.put(JOB));
    server.say("FLUSHALL");

    StoredJob next = TestJob.of(2).build();
    await(store.put(next));

    assertThat(await(told.future())).isTrue();
    assertThat(await(store.get(JOB.id()))).isEmpty();
    assertThat(await(store.get(next.id()))).contains(next);
  }

  /** Those who wait in it should not have to wait for their turn to hear of it. */
  @Test
  void anEmptiedStoreIsToldAlsoToWhoAsksForNothing() throws Exception {
    RedisServer server = keep(RedisServer.start(directory));
    RedisJobStore store = keepStore(await(connect(server.options())));
    Promise<Boolean> told = Promise.promise();
    store.onForgotten(() -> told.complete(true));
    await(store.put(JOB));

    server.say("FLUSHALL");

    assertThat(await(told.future())).isTrue();
  }

  @Test
  void aStoreThatIsEmptyAfterARestartIsTold() throws Exception {
    RedisServer server = keep(RedisServer.start(directory));
    RedisJobStore store = keepStore(await(connect(server.options())));
    Promise<Boolean> told = Promise.promise();
    store.onForgotten(() -> told.complete(true));
    await(store.put(JOB));
    server.kill();
    server.run("--appenddirname", "another");

    assertThat(await(told.future())).isTrue();
    awaitHealing(store);
  }

  @Test
  void thePasswordIsReadFromItsFileForEachConnection() throws Exception {
    RedisServer server = keep(RedisServer.start(directory, "--requirepass", "one & two"));
    Path file = Files.writeString(directory.resolve("password"), "wrong\n");
    RedisStoreOptions options = server.options("", file);

    assertRefused(connect(server.options()), "asks for a password");
    assertRefused(connect(options), "refuses the password");
    Files.writeString(file, "one & two\n");
    RedisJobStore store = keepStore(await(connect(options)));
    await(store.put(JOB));

    server.kill();
    server.run("--requirepass", "three");
    assertThatThrownBy(() -> awaitHealing(store, Duration.ofSeconds(1)))
        .hasMessageContaining("refuses the password");
    Files.writeString(file, "three\n");
    awaitHealing(store);
  }

  /** The rights are those of docs/configuration.md. */
  @Test
  void theDocumentedRightsOfAUserAreEnough() throws Exception {
    RedisServer server = keep(RedisServer.start(directory));
    Path file = Files.writeString(directory.resolve("password"), "SECRET");
    String rights =
        Files.readAllLines(Path.of("docs/configuration.md")).stream()
            .filter(line -> line.startsWith("user orrery "))
            .findFirst()
            .orElseThrow();
    String command = rights.replace("user ", "ACL SETUSER ");
    assertThat(server.say(command.split(" "))).isEqualTo("+OK");

    RedisJobStore store = keepStore(await(connect(server.options("orrery", file))));

    await(store.put(JOB));
    await(store.putValue("name", Buffer.buffer("value")));
    assertThat(await(store.list(TestFilter.all().build(), Optional.empty(), 5)))
        .containsExactly(JOB);
    assertThat(await(store.prune(Instant.MAX, 0))).isZero();
    assertThat(store.missingGuarantees()).isEmpty();
  }

  @Test
  void aUserThatMayNotReadTheSettingsCanUseTheStoreAndIsWarned() throws Exception {
    RedisServer server =
        keep(
            RedisServer.start(
                directory, "--user", "orrery", "on", ">secret", "~orrery:*", "+@all", "-config"));
    Path file = Files.writeString(directory.resolve("password"), "secret");

    RedisJobStore store = keepStore(await(connect(server.options("orrery", file))));

    await(store.put(JOB));
    assertThat(store.missingGuarantees())
        .singleElement()
        .asString()
        .contains("does not allow CONFIG GET");
  }

  @Test
  void tlsChecksTheAuthorityAndTheHostOfTheServer() throws Exception {
    TestParties parties = new TestParties(directory);
    TlsFiles files = parties.party(Role.SCHEDULER, "redis", "127.0.0.1");
    TlsFiles elsewhere = parties.party(Role.SCHEDULER, "redis", "redis.example");
    Path other = Files.createDirectory(directory.resolve("other"));
    TlsFiles strangers = new TestParties(other).party(Role.SCHEDULER, "redis", "127.0.0.1");
    RedisServer server = keep(RedisServer.startTls(directory, files));

    // The first handshake of a process takes its time.
    RedisJobStore store =
        keepStore(
            await(
                RedisJobStore.open(
                    vertx,
                    server.options(),
                    directory.resolve("scheduler"),
                    StoreLimits.STANDARD)));
    await(store.put(JOB));
    assertThat(await(store.get(JOB.id()))).contains(JOB);

    await(store.close());
    TlsFiles wrongCa = new TlsFiles(strangers.ca(), files.cert(), files.key());
    assertRefused(connect(server.options("127.0.0.1", wrongCa, "", null)), "cannot be reached");
    assertRefused(connect(server.options("127.0.0.1", null, "", null)), "the store, Redis at");
    RedisServer misnamed =
        keep(RedisServer.startTls(Files.createDirectory(directory.resolve("b")), elsewhere));
    assertRefused(connect(misnamed.options()), "cannot be reached");
  }

  /** A scheduler in a directory of its own. */
  private Future<RedisJobStore> connect(RedisStoreOptions options) {
    Path scheduler = directory.resolve("scheduler" + ++schedulers);
    return RedisJobStore.open(vertx, options, scheduler, IMPATIENT);
  }

  private static void assertRefused(Future<RedisJobStore> opening, String message) {
    assertThatThrownBy(() -> await(opening))
        .isInstanceOf(IOException.class)
        .hasMessageContaining(message);
  }

  private <T extends AutoCloseable> T keep(T resource) {
    open.add(resource);
    return resource;
  }

  private RedisJobStore keepStore(RedisJobStore store) {
    open.add(() -> await(store.close()));
    return store;
  }

  private static void awaitHealing(RedisJobStore store) throws Exception {
    awaitHealing(store, Duration.ofSeconds(20));
  }

  /** Repeats a write until it is done; fails as the last one did. */
  private static void awaitHealing(RedisJobStore store, Duration patience) throws Exception {
    long deadline = System.nanoTime() + patience.toNanos();
    while (true) {
      try {
        await(store.put(JOB));
        return;
      } catch (ApiException notYet) {
        if (System.nanoTime() > deadline) {
          throw notYet;
        }
        TimeUnit.MILLISECONDS.sleep(20);
      }
    }
  }
}
