package io.orrery.launch;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A start that cannot be: one message with all that is wrong, the exit code, nothing started. */
final class WrongStartIT {
  private static final int WRONG_CONFIGURATION = 78;

  @TempDir private Path directory;
  private Home home;

  @BeforeEach
  void makeHome() throws Exception {
    home = Home.withCertificates(directory);
  }

  @AfterEach
  void closeHome() {
    home.close();
  }

  private void assertRefused(Launched program, String... parts) throws Exception {
    assertRefusedWith(WRONG_CONFIGURATION, program, parts);
    assertThat(home.resolve("data")).doesNotExist();
  }

  private static void assertRefusedWith(int exitCode, Launched program, String... parts)
      throws Exception {
    assertThat(program.exitCode()).as(program.text()).isEqualTo(exitCode);
    assertThat(words(program))
        .startsWith("orrery: ")
        .contains(parts)
        .doesNotContain("listening on", "Exception", "\tat ");
  }

  /** All but what Vert.x says of a machine that is too slow just now. */
  private static String words(Launched program) {
    return program
        .text()
        .lines()
        .filter(line -> !line.contains("WARN  BlockedThreadChecker "))
        .collect(Collectors.joining("\n"));
  }

  @Test
  void aLogFormatThatIsNotThereIsRefused() throws Exception {
    Launched program = home.run(Map.of("ORRERY_LOG_FORMAT", "yaml"), "SchedulerVerticle");

    assertThat(program.exitCode()).isEqualTo(WRONG_CONFIGURATION);
    assertThat(program.text())
        .isEqualTo("vertx: ORRERY_LOG_FORMAT must be \"text\" or \"json\", not \"yaml\"");
  }

  private static void assertProblems(Launched program, String... problems) throws Exception {
    program.exitCode();
    List<String> lines = words(program).lines().toList();
    assertThat(lines.getFirst()).contains(" has " + problems.length + " problem");
    assertThat(lines).hasSize(problems.length + 1);
    for (String problem : problems) {
      assertThat(lines).anySatisfy(line -> assertThat(line).startsWith("  " + problem));
    }
  }

  @Test
  void allThatIsWrongInAFileIsToldAtOnce() throws Exception {
    JsonObject json =
        new JsonObject()
            .put("hots", "127.0.0.1")
            .put("port", 70_000)
            .put("labels", new JsonArray())
            .put("tls", new JsonObject().put("key", "certs/none.key"));

    Launched worker = home.run("WorkerVerticle", "-conf", home.write("worker.json", json));

    assertProblems(worker, "hots: ", "port: ", "labels: ", "scheduler: ", "tls.key: ");
    assertRefused(worker, "\"host\"", "70000", "certs/none.key");
  }

  @Test
  void aSchedulersFileIsReadAsStrictly() throws Exception {
    JsonObject json = new JsonObject().put("lease", "soon").put("prt", 1);

    Launched scheduler = home.run("SchedulerVerticle", "-conf", home.write("s.json", json));

    assertProblems(scheduler, "lease: ", "prt: ");
    assertRefused(scheduler, "\"soon\"", "\"port\"");
  }

  @ParameterizedTest
  @ValueSource(strings = {"SchedulerVerticle", "WorkerVerticle"})
  void aFileThatIsMissingOrNoJsonIsNamed(String verticle) throws Exception {
    Path broken = Files.writeString(home.resolve("broken.json"), "{\n  \"port\": 1,,\n}");

    assertRefused(
        home.run(verticle, "-conf", home.resolve("none.json")), "none.json: there is no such file");
    assertRefused(home.run(verticle, "-conf", broken), "broken.json: is not JSON: line 2");
  }

  @Test
  void missingCertificatesAreNamedWithTheCommandThatMakesThem() throws Exception {
    Home bare = Home.empty(directory.resolve("bare"));

    Launched scheduler = bare.run("SchedulerVerticle", "-conf", bare.schedulerConf(0));

    assertProblems(scheduler, "tls.ca: ", "tls.cert: ", "tls.key: ");
    assertRefused(
        scheduler,
        bare.resolve("certs/ca.crt") + "; make it with: bin/orrery certs init",
        "certs/scheduler.crt",
        "certs/scheduler.key");
  }

  @Test
  void aSchedulerDoesNotStartWithTheCertificateOfAWorker() throws Exception {
    JsonObject tls =
        new JsonObject().put("cert", "certs/worker.crt").put("key", "certs/worker.key");
    Path conf = home.write("s.json", new JsonObject().put("port", 0).put("tls", tls));

    Launched scheduler = home.run("SchedulerVerticle", "-conf", conf);

    assertProblems(scheduler, "tls.cert: ");
    assertRefused(scheduler, "certs/worker.crt is for the role worker, not for the role scheduler");
  }

  @Test
  void aWorkerWithoutAFileSaysThatItNeedsTheScheduler() throws Exception {
    Launched worker = home.run("WorkerVerticle");

    assertProblems(worker, "scheduler: ");
    assertRefused(worker, "is missing", "127.0.0.1:50000");
  }

  @ParameterizedTest
  @ValueSource(strings = {"SchedulerVerticle", "WorkerVerticle"})
  void aPortInUseIsNamed(String verticle) throws Exception {
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      int port = taken.getLocalPort();
      Path conf =
          verticle.equals("WorkerVerticle") ? home.workerConf(port, 1) : home.schedulerConf(port);

      assertRefusedWith(
          1,
          home.run(verticle, "-conf", conf),
          verticle + " could not be started: cannot listen on 127.0.0.1:" + port + ": ",
          "in use");
    }
  }

  @Test
  void anUnknownVerticleIsNamed() throws Exception {
    assertRefusedWith(1, home.run("SchedulreVerticle"), "no verticle SchedulreVerticle");
  }
}
