package io.orrery.worker;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.orrery.config.TlsFiles;
import io.orrery.config.WorkerOptions;
import io.orrery.security.Role;
import io.orrery.security.TestParties;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A start that fails leaves nothing open, so that the next one has a free way. */
class WorkerServerIT {
  @TempDir private Path home;
  private final Vertx vertx = Vertx.vertx();
  private Set<Thread> before;
  private TlsFiles files;

  @BeforeEach
  void makeCertificates() {
    files = new TestParties(home).party(Role.WORKER, "w1", "127.0.0.1");
    before = ours();
  }

  @AfterEach
  void close() throws Exception {
    vertx.close().await(20, SECONDS);
  }

  /** But for the one that waits for the runner process, which outlives its worker for a while. */
  private static Set<Thread> ours() {
    return Thread.getAllStackTraces().keySet().stream()
        .filter(thread -> thread.getName().startsWith("orrery-"))
        .filter(thread -> !thread.getName().equals("orrery-runner-wait"))
        .collect(Collectors.toSet());
  }

  private WorkerOptions options(int port) {
    return WorkerOptions.parse(
        new JsonObject()
            .put("port", port)
            .put("scheduler", new JsonArray().add("127.0.0.1:1"))
            .put(
                "tls",
                new JsonObject()
                    .put("ca", files.ca().toString())
                    .put("cert", files.cert().toString())
                    .put("key", files.key().toString())),
        home);
  }

  private void startAndStop() throws Exception {
    WorkerServer server = WorkerServer.open(vertx, options(0)).await(20, SECONDS);
    assertThat(server.start().await(20, SECONDS)).isPositive();
    server.stop().await(20, SECONDS);
  }

  private void assertNothingIsLeft() throws Exception {
    for (Thread thread : ours()) {
      if (!before.contains(thread)) {
        assertThat(thread.join(Duration.ofSeconds(10))).as(thread.getName()).isTrue();
      }
    }
  }

  @Test
  void aPortThatIsTakenLeavesNothingOpen() throws Exception {
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"))) {
      WorkerServer server =
          WorkerServer.open(vertx, options(taken.getLocalPort())).await(20, SECONDS);
      assertThatThrownBy(() -> server.start().await(20, SECONDS)).hasMessageContaining("in use");
    }

    assertNothingIsLeft();
    startAndStop();
    assertNothingIsLeft();
  }

  @Test
  void aRecordThatIsNoFileLeavesNothingOpen() throws Exception {
    Path id = Files.createDirectories(home.resolve("data/worker/worker-id"));

    assertThatThrownBy(() -> WorkerServer.open(vertx, options(0)).await(20, SECONDS))
        .hasMessageContaining("irectory");

    assertNothingIsLeft();
    Files.delete(id);
    startAndStop();
  }

  @Test
  void aDataDirectoryOfAnotherWorkerLeavesNothingOpenAndTheOtherGoesOn() throws Exception {
    WorkerServer first = WorkerServer.open(vertx, options(0)).await(20, SECONDS);
    first.start().await(20, SECONDS);
    before = ours();

    assertThatThrownBy(() -> WorkerServer.open(vertx, options(0)).await(20, SECONDS))
        .hasMessageContaining("another worker");

    assertNothingIsLeft();
    first.stop().await(20, SECONDS);
    startAndStop();
  }
}
