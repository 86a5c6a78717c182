package io.orrery.launch;

import static org.assertj.core.api.Assertions.assertThat;

import io.orrery.fleet.Page;
import io.orrery.v1.Job;
import io.vertx.core.json.JsonObject;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The log as JSON, and the metrics page of servers that the launcher started. */
final class ObservedIT {
  private static final Map<String, String> JSON = Map.of("ORRERY_LOG_FORMAT", "json");
  private static final Pattern LISTENING = Pattern.compile("\"listening on [^ ]*:(\\d+)\"");
  private static final String VERTX_METERS =
      "{\"metricsOptions\":{\"enabled\":true,\"prometheusOptions\":{\"enabled\":true}}}";

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

  private static int port(Launched server) throws Exception {
    return Integer.parseInt(server.await(LISTENING).group(1));
  }

  private static List<JsonObject> lines(Launched server) {
    return server.text().lines().map(JsonObject::new).toList();
  }

  private static List<JsonObject> naming(String id, Launched server) {
    return lines(server).stream().filter(line -> message(line).contains(id)).toList();
  }

  private static String message(JsonObject line) {
    return line.getString("message");
  }

  @Test
  void everyLineIsJsonAndHasTheIdsThatItNames() throws Exception {
    Launched scheduler =
        home.run(JSON, "SchedulerVerticle", "-conf", home.schedulerConf(0).toString());
    int schedulerPort = port(scheduler);
    Launched worker =
        home.run(JSON, "WorkerVerticle", "-conf", home.workerConf(0, schedulerPort).toString());
    try (Caller admin = new Caller(home.tls("admin"), schedulerPort)) {
      String workerId = admin.awaitOnline(port(worker)).getWorkerId();
      Job job = admin.start("echo here");
      admin.read(job);
      String jobId = job.getJobId();

      for (Launched server : List.of(scheduler, worker)) {
        assertThat(lines(server))
            .allSatisfy(
                line ->
                    assertThat(line.fieldNames())
                        .contains("time", "level", "logger", "thread", "message"));
        Caller.eventually(() -> !naming(jobId, server).isEmpty());
        assertThat(naming(jobId, server))
            .allSatisfy(line -> assertThat(line.getString("job_id")).isEqualTo(jobId));
        assertThat(naming(workerId, server))
            .isNotEmpty()
            .allSatisfy(line -> assertThat(line.getString("worker_id")).isEqualTo(workerId));
      }
      assertThat(naming("has registered", scheduler))
          .allSatisfy(line -> assertThat(line.getString("worker_name")).isEqualTo("worker"));
    }
  }

  @Test
  void theMetersOfVertxAreOnThePageWhereItIsStartedWithThem() throws Exception {
    Page page = new Page();
    Path conf = home.schedulerConf(0);
    JsonObject json = new JsonObject(Files.readString(conf)).mergeIn(page.option());
    Files.writeString(conf, json.encode());
    Launched plain = home.run("SchedulerVerticle", "-conf", conf.toString());
    plain.port();
    assertThat(page.scrape())
        .containsKey("orrery_queue_jobs")
        .allSatisfy((name, _) -> assertThat(name).doesNotStartWith("vertx_"));
    plain.terminate();
    Launched scheduler =
        home.run("SchedulerVerticle", "-conf", conf.toString(), "-options", VERTX_METERS);
    scheduler.port();

    assertThat(page.scrape())
        .containsKey("orrery_queue_jobs")
        .anySatisfy((name, _) -> assertThat(name).startsWith("vertx_http_server_"));
    assertThat(Sockets.listening(scheduler.pid()))
        .hasSize(2)
        .allMatch(address -> address.isLoopbackAddress());
  }
}
