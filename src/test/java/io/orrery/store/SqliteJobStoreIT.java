package io.orrery.store;

import static io.orrery.store.JobStoreContract.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.orrery.fleet.SmallDisk;
import io.orrery.job.ApiException;
import io.orrery.job.Reason;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.DriverManager;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class SqliteJobStoreIT implements JobStoreContract {
  private static final StoreLimits IMPATIENT =
      new StoreLimits(Duration.ofSeconds(1), 1000, 1 << 20);

  @TempDir private Path directory;
  private Vertx vertx;
  private SqliteJobStore store;

  @BeforeEach
  void open() throws Exception {
    vertx = Vertx.vertx();
    store = SqliteJobStore.create(vertx, directory, StoreLimits.STANDARD);
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
  void jobsAndValuesAreThereAfterARestart() throws Exception {
    StoredJob job = TestJob.of(1).label("k", "v").build();
    await(store.insert(job));
    await(store.putValue("name", Buffer.buffer("value")));

    reopen();

    assertThat(await(store.get(job.id()))).contains(job);
    assertThat(await(store.list(TestFilter.all().label("k", "v").build(), Optional.empty(), 9)))
        .containsExactly(job);
    assertThat(await(store.value("name"))).contains(Buffer.buffer("value"));
  }

  @Test
  void aThousandInsertsShareFewCommits() throws Exception {
    List<Future<Boolean>> inserts = new ArrayList<>();
    long before = store.commits();
    for (int i = 0; i < 1000; i++) {
      inserts.add(store.insert(TestJob.of(i).build()));
    }
    await(Future.all(inserts));

    assertThat(store.commits() - before).isBetween(1L, 200L);
    assertThat(await(store.unfinished(-1, "", 2000))).hasSize(1000);
  }

  @Test
  void theFilesAreForTheirOwnerOnly() throws Exception {
    await(store.put(TestJob.of(1).build()));

    for (String name : List.of("orrery.db", "orrery.db-wal", "orrery.db-shm")) {
      assertThat(
              PosixFilePermissions.toString(Files.getPosixFilePermissions(directory.resolve(name))))
          .as(name)
          .isEqualTo("rw-------");
    }
  }

  @Test
  void aSecondSchedulerIsRefusedWhileTheFirstHasTheStore() throws Exception {
    assertThatThrownBy(() -> SqliteJobStore.create(vertx, directory, StoreLimits.STANDARD))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("another scheduler uses the store in " + directory);
    await(store.close());

    SqliteJobStore next = SqliteJobStore.create(vertx, directory, StoreLimits.STANDARD);
    await(next.close());
  }

  @Test
  void aFileOfAnotherProgramVersionOrShapeIsRefusedByName() throws Exception {
    await(store.close());
    Path file = directory.resolve("orrery.db");

    sql("PRAGMA user_version = 2");
    assertRefused(file + " has version 2, and this scheduler knows version 1");
    sql("PRAGMA application_id = 1");
    assertRefused(file + " is a database of another program");
    Files.writeString(file, "not a database, but long enough for a header of one".repeat(9));
    assertRefused(file + " is damaged");
  }

  @Test
  void aDamagedFileIsRefusedWithWhatToDo() throws Exception {
    for (int i = 0; i < 500; i++) {
      store.put(TestJob.of(i).build());
    }
    await(store.put(TestJob.of(500).build()));
    await(store.close());
    Path file = directory.resolve("orrery.db");
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
      for (long at = 20 * 4096; at < 40 * 4096; at += 4096) {
        channel.write(ByteBuffer.wrap(new byte[] {99, 99, 99, 99, 99, 99}), at);
      }
    }

    assertRefused(file + " is damaged");
    assertThatThrownBy(() -> SqliteJobStore.create(vertx, directory, StoreLimits.STANDARD))
        .hasMessageContaining("sqlite3 " + file + " .recover");
  }

  @Test
  void aFullDiskFailsWritesAndHeals() throws Exception {
    Path mounted = directory.resolve("disk");
    try (SmallDisk disk = SmallDisk.mount(mounted, "size=4m")) {
      SqliteJobStore small = SqliteJobStore.create(vertx, mounted, StoreLimits.STANDARD);
      StoredJob before = TestJob.of(1).build();
      await(small.put(before));
      disk.fill();
      StoredJob refused = TestJob.of(2).body(Buffer.buffer(new byte[100_000])).build();

      assertUnavailable(small.insert(refused), "no room left");
      assertThat(await(small.get(before.id()))).contains(before);
      assertThat(await(small.get(refused.id()))).isEmpty();

      disk.empty();
      assertThat(await(small.insert(refused))).isTrue();
      assertThat(await(small.get(refused.id()))).contains(refused);
      await(small.close());
    }
  }

  @Test
  void aLockedFileFailsWritesInTimeAndHeals() throws Exception {
    await(store.close());
    store = SqliteJobStore.create(vertx, directory, IMPATIENT);
    StoredJob job = TestJob.of(1).build();
    try (Connection other = connect();
        var statement = other.createStatement()) {
      statement.execute("BEGIN IMMEDIATE");
      assertUnavailable(store.put(job), "locked by another program");
      statement.execute("ROLLBACK");
    }

    await(store.put(job));
    assertThat(await(store.get(job.id()))).contains(job);
  }

  @Test
  void moreWritesThanMayWaitAreRefusedAtOnce() throws Exception {
    await(store.close());
    store = SqliteJobStore.create(vertx, directory, IMPATIENT);
    List<Future<Void>> puts = new ArrayList<>();
    try (Connection other = connect();
        var statement = other.createStatement()) {
      statement.execute("BEGIN IMMEDIATE");
      for (int i = 0; i < 10_000; i++) {
        puts.add(store.put(TestJob.of(i).build()));
      }
      assertUnavailable(puts.getLast(), "too many writes waiting");
      assertUnavailable(puts.getFirst(), "locked by another program");
      statement.execute("ROLLBACK");
    }
    await(Future.join(puts).otherwiseEmpty());

    await(store.put(TestJob.of(1).build()));
  }

  @Test
  void aFileThatWasRemovedIsToldAsForgottenAndMadeAgain() throws Exception {
    Promise<Boolean> forgotten = Promise.promise();
    store.onForgotten(() -> forgotten.tryComplete(true));
    StoredJob gone = TestJob.of(1).build();
    await(store.put(gone));
    Files.delete(directory.resolve("orrery.db"));

    StoredJob next = TestJob.of(2).build();
    await(store.put(next));

    assertThat(await(forgotten.future())).isTrue();
    assertThat(await(store.get(gone.id()))).isEmpty();
    reopen();
    assertThat(await(store.get(next.id()))).contains(next);
  }

  private void reopen() throws Exception {
    await(store.close());
    store = SqliteJobStore.create(vertx, directory, StoreLimits.STANDARD);
  }

  private Connection connect() throws Exception {
    return DriverManager.getConnection("jdbc:sqlite:" + directory.resolve("orrery.db"));
  }

  private void sql(String sql) throws Exception {
    try (Connection connection = connect();
        var statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  private void assertRefused(String message) {
    assertThatThrownBy(() -> SqliteJobStore.create(vertx, directory, StoreLimits.STANDARD))
        .isInstanceOf(IOException.class)
        .hasMessageStartingWith(message);
  }

  static void assertUnavailable(Future<?> call, String phrase) {
    assertThatThrownBy(() -> await(call))
        .isInstanceOfSatisfying(
            ApiException.class, e -> assertThat(e.reason()).isEqualTo(Reason.STORE_UNAVAILABLE))
        .hasMessageContaining(phrase);
  }
}
