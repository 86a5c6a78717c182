package io.orrery.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.orrery.config.TlsFiles;
import io.orrery.fleet.Fleet;
import io.orrery.security.Identity;
import io.orrery.security.Role;
import io.vertx.core.json.JsonObject;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A command with live input whose job waits while its scheduler is away. */
final class WaitingRunIT {
  @TempDir Path home;

  @Test
  void anOutageOfTheSchedulerIsBridged() throws Exception {
    try (Fleet fleet = Fleet.prepare(home)) {
      Fleet.Running scheduler = fleet.startScheduler(0);
      fleet.startWorker("w1", new JsonObject().put("slots", 1));
      Map<String, String> environment = environment(fleet, scheduler);
      String runs = new Invocation(environment).run("start", "sleep", "300").out().strip();
      Invocation run = new Invocation(environment).stdin("typed".getBytes(StandardCharsets.UTF_8));
      CompletableFuture<Integer> code =
          CompletableFuture.supplyAsync(
              () -> run.run("run", "-i", "--", "cat").code(), Thread::startVirtualThread);
      Fleet.eventually("it waits", () -> run.err().contains("waits for a worker"));

      fleet.stop(scheduler);
      Fleet.eventually("it has noticed", () -> run.err().contains("lost the connection"));
      fleet.startScheduler(scheduler.port());
      Fleet.eventually(
          "the other is stopped", () -> new Invocation(environment).run("stop", runs).code() == 0);

      assertThat(code.get(60, TimeUnit.SECONDS)).as(run.err()).isZero();
      assertThat(run.out()).isEqualTo("typed");
    }
  }

  private static Map<String, String> environment(Fleet fleet, Fleet.Running scheduler)
      throws Exception {
    TlsFiles files = fleet.issue(new Identity(Role.ADMIN, "admin"));
    return Map.of(
        "ORRERY_SERVER", "127.0.0.1:" + scheduler.port(),
        "ORRERY_CA", files.ca().toString(),
        "ORRERY_CERT", files.cert().toString(),
        "ORRERY_KEY", files.key().toString(),
        "HOME", fleet.home().toString());
  }
}
