package io.orrery.store;

import static io.orrery.store.JobStoreContract.await;
import static org.assertj.core.api.Assertions.assertThat;

import io.orrery.job.JobId;
import io.vertx.core.Vertx;
import java.io.BufferedReader;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is left of a scheduler that was killed while it wrote: all that was acknowledged. */
final class KilledWriterIT {
  private static final int ACKNOWLEDGED = 3000;

  @TempDir private Path directory;
  private Vertx vertx;

  @BeforeEach
  void start() {
    vertx = Vertx.vertx();
  }

  @AfterEach
  void end() throws Exception {
    await(vertx.close());
  }

  @Test
  void theFileHasWhatWasAcknowledged() throws Exception {
    Path data = directory.resolve("store");
    Set<String> acknowledged = insertAndKill("sqlite", data.toString());

    JobStore store = SqliteJobStore.create(vertx, data, StoreLimits.STANDARD);

    assertThat(listed(store)).containsAll(acknowledged);
    assertThat(unfinished(store)).containsAll(acknowledged);
    await(store.close());
  }

  @Test
  void redisHasWhatWasAcknowledgedAlsoWhenItIsKilledToo() throws Exception {
    Path data = directory.resolve("scheduler");
    try (RedisServer server = RedisServer.start(directory)) {
      Set<String> acknowledged = insertAndKill("redis", "" + server.port(), data.toString());
      server.kill();
      server.run();

      JobStore store =
          await(RedisJobStore.open(vertx, server.options(), data, StoreLimits.STANDARD));

      assertThat(listed(store)).containsAll(acknowledged);
      assertThat(unfinished(store)).containsAll(acknowledged);
      await(store.close());
    }
  }

  private static Set<String> insertAndKill(String... arguments) throws Exception {
    List<String> command =
        new ArrayList<>(
            List.of(
                ProcessHandle.current().info().command().orElseThrow(),
                "--enable-native-access=ALL-UNNAMED",
                "-cp",
                System.getProperty("java.class.path"),
                InsertProbe.class.getName()));
    command.addAll(List.of(arguments));
    Process writer =
        new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
    Set<String> acknowledged = new HashSet<>();
    try (BufferedReader lines = writer.inputReader()) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        if (JobId.isWhole(line)) {
          acknowledged.add(line);
        }
        if (acknowledged.size() == ACKNOWLEDGED) {
          writer.toHandle().destroyForcibly();
        }
      }
    } finally {
      writer.destroyForcibly();
    }
    assertThat(acknowledged).hasSizeGreaterThanOrEqualTo(ACKNOWLEDGED);
    assertThat(writer.onExit().join().exitValue()).isEqualTo(137);
    return acknowledged;
  }

  private static Set<String> listed(JobStore store) throws Exception {
    Set<String> ids = new HashSet<>();
    List<StoredJob> page =
        await(store.list(TestFilter.all().label("k", "v").build(), Optional.empty(), 1000));
    while (!page.isEmpty()) {
      page.forEach(job -> ids.add(job.id().value()));
      page =
          await(
              store.list(
                  TestFilter.all().label("k", "v").build(),
                  Optional.of(page.getLast().position()),
                  1000));
    }
    return ids;
  }

  private static Set<String> unfinished(JobStore store) throws Exception {
    Set<String> ids = new HashSet<>();
    List<StoredJob> page = await(store.unfinished(-1, "", 1000));
    while (!page.isEmpty()) {
      page.forEach(job -> ids.add(job.id().value()));
      page = await(store.unfinished(page.getLast().sequence(), page.getLast().id().value(), 1000));
    }
    return ids;
  }
}
