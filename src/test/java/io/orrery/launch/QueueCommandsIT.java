package io.orrery.launch;

import static org.assertj.core.api.Assertions.assertThat;

import io.orrery.launch.Program.Begun;
import io.orrery.launch.Program.Ran;
import io.vertx.core.json.JsonObject;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The commands about jobs that wait, with a worker that runs one job at a time. */
final class QueueCommandsIT {
  @TempDir private Path directory;
  private Home home;
  private Caller admin;
  private Program orrery;

  @BeforeEach
  void start() throws Exception {
    home = Home.withCertificates(directory);
    int port = home.run("SchedulerVerticle", "-conf", home.schedulerConf(0)).port();
    Path conf = home.embeddedWorkerConf(0, port);
    JsonObject json = new JsonObject(Files.readString(conf)).put("slots", 1);
    Files.writeString(conf, json.encode());
    int workerPort = home.run("WorkerVerticle", "-conf", conf).port();
    admin = new Caller(home.tls("admin"), port);
    admin.awaitOnline(workerPort);
    orrery = new Program(directory, port);
  }

  @AfterEach
  void stop() {
    try (Home _ = home;
        Caller _ = admin) {
      // closed also when the start failed half-way
    }
  }

  private String started(String... arguments) throws Exception {
    Ran ran = orrery.run(arguments);
    assertThat(ran.errors()).isEmpty();
    return ran.text().strip();
  }

  /** Starts a job that ends when the gate is there. */
  private String startGated(Path gate) throws Exception {
    return started("start", "--", "sh", "-c", "until [ -e " + gate + " ]; do sleep 0.05; done");
  }

  @Test
  void whyAJobWaitsIsExplainedAndItRunsInItsTurn() throws Exception {
    Path gate = directory.resolve("gate");
    String first = startGated(gate);
    String late = started("start", "--", "echo", "late");
    try (Begun urgent = orrery.begin("run", "--priority", "5", "--", "echo", "urgent")) {
      Caller.eventually(() -> orrery.run("ps").text().lines().count() == 4);

      Ran why = orrery.run("explain", late);
      assertThat(why.text())
          .startsWith("job " + late.substring(0, 8) + " is QUEUED: of 1 workers 1 has no free slot")
          .contains("1        has no free slot")
          .endsWith("1 job is before it\n");
      assertThat(why.code()).isZero();
      assertThat(orrery.run("explain", first.substring(0, 6)).text())
          .contains("is RUNNING: the job is RUNNING at worker");
      assertThat(orrery.run("explain", "-o", "json", late).text())
          .contains("\"jobs_ahead\":\"1\"")
          .contains("\"constraint\":\"has no free slot\"");

      Files.createFile(gate);
      Ran ran = urgent.end();
      assertThat(ran.text()).isEqualTo("urgent\n");
      assertThat(ran.errors()).contains("waits for a worker; to see why: orrery explain ");
      assertThat(ran.code()).isZero();
    }
    assertThat(orrery.run("wait", first, late).code()).isZero();

    List<String> history = orrery.run("history").text().lines().toList();
    assertThat(history).hasSize(4);
    assertThat(history.getFirst()).contains("ENDED");
    assertThat(history.get(1)).contains("SUCCEEDED (exit 0)").contains("echo urgent");
    assertThat(orrery.run("history", "-n", "1").text().lines()).hasSize(2);
    assertThat(orrery.run("history", "--state", "FAILED").text().lines()).hasSize(1);
    assertThat(orrery.run("history", "--until", "1h").text().lines()).hasSize(1);
    assertThat(orrery.run("history", "-n", "0").code()).isEqualTo(125);
  }

  @Test
  void aJobThatWaitsIsStoppedLikeAnyOther() throws Exception {
    startGated(directory.resolve("never"));
    String waits = started("start", "--", "echo", "never");

    assertThat(orrery.run("stop", waits).code()).isZero();

    Ran status = orrery.run("status", waits);
    assertThat(status.text()).contains("STOPPED (never started)").contains("while it waited");
    assertThat(orrery.run("wait", waits).code()).isEqualTo(125);
    assertThat(orrery.run("kill", "-s", "HUP", waits).errors()).contains("has ended as STOPPED");
  }

  @Test
  void waitingForSeveralGivesUpInTime() throws Exception {
    String runs = startGated(directory.resolve("never"));
    String waits = started("start", "--", "true");

    Ran ran = orrery.run("wait", "--timeout", "500ms", runs, waits);

    assertThat(ran.code()).isEqualTo(125);
    assertThat(ran.errors()).isEqualTo("orrery: 2 of 2 jobs had not ended after 0.50s\n");
  }

  @Test
  void aWatchedListTellsEachChange() throws Exception {
    Path gate = directory.resolve("gate");
    try (Begun watch = orrery.begin("ps", "--watch", "100ms", "-o", "json")) {
      String first = startGated(gate);
      String second = started("start", "--", "true");
      Caller.eventually(() -> tells(watch, first, "RUNNING") && tells(watch, second, "QUEUED"));

      Files.createFile(gate);

      Caller.eventually(
          () -> tells(watch, first, "SUCCEEDED") && tells(watch, second, "SUCCEEDED"));
      assertThat(watch.process().isAlive()).isTrue();
    }
  }

  @Test
  void aWatchedListThatIsNoTerminalsIsTextALineAChange() throws Exception {
    Path gate = directory.resolve("gate");
    try (Begun watch = orrery.begin("ps", "--watch", "100ms")) {
      String job = startGated(gate);
      Caller.eventually(() -> hasLine(watch, job, "RUNNING"));

      Files.createFile(gate);

      Caller.eventually(() -> hasLine(watch, job, "SUCCEEDED"));
      assertThat(watch.process().isAlive()).isTrue();
    }
  }

  private static boolean hasLine(Begun watch, String job, String state) throws Exception {
    return watch
        .text()
        .lines()
        .anyMatch(line -> line.contains(job.substring(0, 8)) && line.contains(state));
  }

  private static boolean tells(Begun watch, String job, String state) throws Exception {
    return watch
        .text()
        .lines()
        .anyMatch(line -> line.contains(job) && line.contains("\"JOB_STATE_" + state + "\""));
  }
}
