package io.orrery.http;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.orrery.fleet.Fleet;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class HttpCallsIT {
  private static final String NOBODY = "00000000-0000-4000-8000-000000000000";
  private static final String JSON = "content-type: application/json";

  @TempDir static Path home;
  private static Curl curl;
  private static Fleet.Node worker;

  @BeforeAll
  static void start() throws Exception {
    curl = Curl.start(home);
    Files.writeString(home.resolve("scripts/count.sh"), "for i in 1 2 3; do echo $i; done\n");
    worker = curl.fleet().startWorker("w1");
  }

  @AfterAll
  static void stop() {
    curl.close();
  }

  @ParameterizedTest
  @ValueSource(strings = {"--http1.1", "--http2"})
  void theSeedsBodyStartsAJobAndIsAnsweredWithItsId(String version) throws Exception {
    String body = "{\"worker_id\": \"%s\", \"command\": \"bash\", \"path\": \"count.sh\"}";

    Curl.Answer answer = curl.post("/v1/jobs", body.formatted(worker.id()), version);

    assertThat(answer.code()).as("%s", answer).isEqualTo(200);
    assertThat(answer.head()).startsWith(version.equals("--http2") ? "HTTP/2" : "HTTP/1.1");
    String id = answer.json().get("job_id").asText();
    assertThat(id).hasSize(36);
    curl.awaitState(id, "JOB_STATE_SUCCEEDED");
    JsonNode job = curl.get("/v1/jobs/" + id, version).json().get("job");
    assertThat(job.at("/spec/path").asText()).isEqualTo("count.sh");
    assertThat(job.at("/end/exit_code").asInt(-1)).isZero();
    assertThat(job.at("/owner").asText()).isEqualTo("spiffe://orrery/admin/admin");
    assertThat(curl.get("/v1/jobs/" + id + "/output", version).text()).isEqualTo("1\n2\n3\n");
  }

  @Test
  void fieldsMayBeNamedInBothWays() throws Exception {
    Curl.Answer answer =
        curl.post(
            "/v1/jobs",
            "{\"command\":\"true\",\"workingDirectory\":\"/tmp\",\"stop_grace\":\"1.5s\"}",
            "-H",
            JSON);

    JsonNode spec = answer.json().at("/job/spec");
    assertThat(spec.at("/working_directory").asText()).isEqualTo("/tmp");
    assertThat(spec.at("/stop_grace").asText()).isEqualTo("1.500s");
  }

  @Test
  void everyWrongFieldIsNamed() throws Exception {
    Curl.Answer answer =
        curl.post(
            "/v1/jobs",
            "{\"command\":\"true\",\"comand\":\"x\",\"limits\":{\"memory\":1},\"priority\":\"high\"}");

    assertThat(answer.code()).isEqualTo(400);
    assertThat(answer.reason()).isEqualTo("INVALID_REQUEST");
    assertThat(answer.json().at("/details/1/field_violations").findValuesAsText("field"))
        .containsExactlyInAnyOrder("comand", "limits.memory", "priority");
  }

  @Test
  void whatTheSchedulerFindsWrongIsNamedToo() throws Exception {
    Curl.Answer answer = curl.post("/v1/jobs", "{\"priority\": 5000}");

    assertThat(answer.code()).isEqualTo(400);
    assertThat(answer.json().get("code").asInt()).isEqualTo(3);
    assertThat(answer.json().at("/details/1/field_violations").findValuesAsText("field"))
        .contains("command", "priority");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{",
        "[]",
        "{\"command\":\"true\"} {}",
        "{command:\"true\"}",
        "{\"command\":\"true\",\"command\":\"false\"}",
        "command=true"
      })
  void whatIsNoJsonObjectIsRefused(String body) throws Exception {
    Curl.Answer answer = curl.post("/v1/jobs", body);

    assertThat(answer.code()).as("%s", answer).isEqualTo(400);
    assertThat(answer.json().get("code").asInt()).isEqualTo(3);
    assertThat(answer.json().get("message").asText()).contains("the body is not a JSON object");
  }

  @Test
  void jobsAreListedPageByPageAndByFilter() throws Exception {
    Set<String> started = new HashSet<>();
    for (int i = 0; i < 5; i++) {
      started.add(curl.startShell("true", "{\"labels\":{\"test\":\"pages\"}}"));
    }
    List<String> listed = new ArrayList<>();
    String token = "";
    do {
      JsonNode page = curl.get("/v1/jobs?labels.test=pages&page_size=2&page_token=" + token).json();
      assertThat(page.get("jobs").size()).isLessThanOrEqualTo(2);
      page.get("jobs").forEach(job -> listed.add(job.get("job_id").asText()));
      token = page.get("next_page_token").asText();
    } while (!token.isEmpty());

    assertThat(listed).doesNotHaveDuplicates().containsExactlyInAnyOrderElementsOf(started);
    started.forEach(
        id -> {
          try {
            curl.awaitState(id, "JOB_STATE_SUCCEEDED");
          } catch (Exception e) {
            throw new AssertionError(e);
          }
        });
    String filter = "/v1/jobs?labels[test]=pages&states=failed&states=";
    assertThat(curl.get(filter + "succeeded").json().get("jobs")).hasSize(5);
    assertThat(curl.get(filter + "JOB_STATE_QUEUED").json().get("jobs")).isEmpty();
  }

  @Test
  void aWrongParameterIsNamed() throws Exception {
    Curl.Answer answer = curl.get("/v1/jobs?pagesize=2&states=sleeping&page_size=many");

    assertThat(answer.code()).isEqualTo(400);
    assertThat(answer.json().at("/details/1/field_violations").findValuesAsText("field"))
        .containsExactlyInAnyOrder("pagesize", "states", "page_size");
    assertThat(curl.get("/v1/jobs?page_size=1&page_size=2").code()).isEqualTo(400);
  }

  @Test
  void aJobIsStoppedSignalledAndExplained() throws Exception {
    String id = curl.startShell("trap 'echo got' USR1; echo up; while :; do sleep 0.1; done");
    curl.awaitState(id, "JOB_STATE_RUNNING");
    Fleet.eventually("it is up", () -> Unchecked.get(() -> output(id)).equals("up\n"));

    assertThat(curl.post("/v1/jobs/" + id + ":signal", "{\"signal\": 10}").code()).isEqualTo(200);
    Fleet.eventually("it got it", () -> Unchecked.get(() -> output(id)).equals("up\ngot\n"));
    Curl.Answer explained = curl.get("/v1/jobs/" + id + ":explain");
    assertThat(explained.json().at("/job/job_id").asText()).as("%s", explained).isEqualTo(id);
    Curl.Answer stopped = curl.get("/v1/jobs/" + id + ":stop", "-X", "POST");
    assertThat(stopped.json().at("/job/state").asText())
        .as("%s", stopped)
        .isEqualTo("JOB_STATE_STOPPED");
    assertThat(curl.post("/v1/jobs/" + id + ":stop", "{\"job_id\":\"" + NOBODY + "\"}").code())
        .isEqualTo(400);
  }

  private static String output(String id) throws Exception {
    return curl.get("/v1/jobs/" + id + "/output?no_follow").text();
  }

  @Test
  void workersAreListedDrainedAndResumed() throws Exception {
    Curl.Answer drained =
        curl.post("/v1/workers/" + worker.id() + ":drain", "{\"reason\":\"new disk\"}");
    assertThat(drained.json().at("/worker/drain/reason").asText()).isEqualTo("new disk");
    JsonNode listed = curl.get("/v1/workers?states=draining").json().get("workers");
    assertThat(listed.findValuesAsText("worker_id")).containsExactly(worker.id());

    Curl.Answer resumed = curl.post("/v1/workers/" + worker.id() + ":resume", "{}");

    assertThat(resumed.json().at("/worker/state").asText())
        .as("%s", resumed)
        .isEqualTo("WORKER_STATE_ONLINE");
  }

  @Test
  void theRoleTableIsThatOfGrpc() throws Exception {
    Curl.Answer answer = curl.as("vera", "/v1/jobs", "-d", "{\"command\":\"true\"}");

    assertThat(answer.code()).isEqualTo(403);
    assertThat(answer.json().get("code").asInt()).isEqualTo(7);
    assertThat(answer.reason()).isEqualTo("ROLE_NOT_ALLOWED");
    assertThat(curl.as("vera", "/v1/jobs").code()).isEqualTo(200);
  }

  @ParameterizedTest
  @ValueSource(strings = {"--http1.1", "--http2"})
  void nobodyIsServedWithoutACertificate(String version) throws Exception {
    Curl.Answer answer = curl.begin("/v1/jobs", version).await();

    assertThat(answer.exit()).as("%s", answer).isNotZero();
    assertThat(answer.body()).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    "GET, /v1/jobs/" + NOBODY + ", 404, 5, JOB_NOT_FOUND",
    "GET, /v1/jobs/" + NOBODY + "/output, 404, 5, JOB_NOT_FOUND",
    "GET, /v1/job, 404, 5, PATH_NOT_FOUND",
    "GET, /v1/jobs/" + NOBODY + ":pause, 404, 5, PATH_NOT_FOUND",
    "DELETE, /v1/jobs/" + NOBODY + ", 405, 12, NOT_SERVED",
    "OPTIONS, /v1/jobs, 405, 12, NOT_SERVED",
    "GET, /v1/jobs?page_size=-1, 400, 3, INVALID_REQUEST",
  })
  void anErrorIsAStatusWithTheCodeOfHttp(
      String verb, String path, int code, int status, String reason) throws Exception {
    Curl.Answer answer = curl.get(path, "-X", verb);

    assertThat(answer.code()).as("%s", answer).isEqualTo(code);
    assertThat(answer.has("content-type: application/json")).isTrue();
    assertThat(answer.json().get("code").asInt()).isEqualTo(status);
    assertThat(answer.reason()).isEqualTo(reason);
    assertThat(answer.json().at("/details/0/domain").asText()).isEqualTo("orrery");
    assertThat(answer.has("allow: get") || answer.has("allow: post")).isEqualTo(code == 405);
  }

  @Test
  void anotherMediaTypeAndACompressedBodyAreRefused() throws Exception {
    String body = "{\"command\":\"true\"}";

    assertThat(curl.post("/v1/jobs", body, "-H", "content-type: text/plain").code()).isEqualTo(415);
    assertThat(curl.post("/v1/jobs", body, "-H", "content-encoding: gzip").code()).isEqualTo(415);
    String json = "content-type: Application/JSON; charset=utf-8";
    assertThat(curl.post("/v1/jobs", body, "-H", json).code()).isEqualTo(200);
    assertThat(curl.get("/v1/jobs/" + NOBODY + "/output", "-H", "accept: image/png").code())
        .isEqualTo(406);
  }

  @ParameterizedTest
  @ValueSource(strings = {"--http1.1", "--http2"})
  void aBodyLargerThanGrpcTakesIsRefused(String version) throws Exception {
    Path large = home.resolve("large.json");
    Files.writeString(large, "{\"command\":\"" + "x".repeat(4 << 20) + "\"}");

    Curl.Answer known = curl.get("/v1/jobs", version, "-H", JSON, "--data-binary", "@" + large);
    Curl.Answer chunked =
        curl.get("/v1/jobs", version, "-H", JSON, "-X", "POST", "-T", large.toString());

    assertThat(known.code()).as("%s", known.head()).isEqualTo(413);
    assertThat(known.reason()).isEqualTo("MESSAGE_TOO_LARGE");
    assertThat(known.json().get("code").asInt()).isEqualTo(8);
    assertThat(chunked.code()).as("%s", chunked.head()).isEqualTo(413);
  }

  @Test
  void aWebPageOfAnotherSiteStartsNothing() throws Exception {
    String body = "{\"command\":\"true\"}";

    Curl.Answer answer = curl.post("/v1/jobs", body, "-H", "origin: https://example.com");

    assertThat(answer.code()).isEqualTo(403);
    assertThat(answer.reason()).isEqualTo("FOREIGN_PAGE");
    assertThat(curl.post("/v1/jobs", body, "-H", "sec-fetch-site: cross-site").code())
        .isEqualTo(403);
  }
}
