package io.orrery.http;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.netty.util.internal.PlatformDependent;
import io.orrery.fleet.Fleet;
import io.orrery.fleet.LogLines;
import java.io.ByteArrayOutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class HttpOutputIT {
  private static final String EVENTS = "accept: text/event-stream";
  private static final String LINES = "accept: application/x-ndjson";

  @TempDir Path home;
  private Curl curl;

  @BeforeEach
  void start() throws Exception {
    curl = Curl.start(home);
    curl.fleet().startWorker("w1");
  }

  @AfterEach
  void stop() {
    curl.close();
  }

  private static byte[] random(int size) {
    byte[] bytes = new byte[size];
    new Random(7).nextBytes(bytes);
    return bytes;
  }

  private static String output(String id, String query) {
    return "/v1/jobs/" + id + "/output" + query;
  }

  @ParameterizedTest
  @ValueSource(strings = {"--http1.1", "--http2"})
  void bytesArriveAsTheyWereWrittenAndTheEndInTheTrailers(String version) throws Exception {
    byte[] bytes = random(8 << 20);
    Path file = Files.write(home.resolve("random"), bytes);
    String id = curl.startShell("printf ' \u00e4\\0' >&2; cat " + file + "; exit 3");

    Curl.Answer stdout = curl.get(output(id, ""), version);

    assertThat(stdout.exit()).as(stdout.head()).isZero();
    assertThat(Arrays.mismatch(stdout.body(), bytes)).isEqualTo(-1);
    assertThat(stdout.has("content-type: application/octet-stream")).isTrue();
    assertThat(stdout.has("orrery-exit-code: 3")).as(stdout.head()).isTrue();
    assertThat(stdout.has("orrery-job-state: job_state_failed")).isTrue();
    assertThat(curl.get(output(id, "?stream=stderr"), version).text()).startsWith(" \u00e4");
    byte[] rest = curl.get(output(id, "?stream=stdout&offset=8000000"), version).body();
    assertThat(rest).isEqualTo(Arrays.copyOfRange(bytes, 8_000_000, bytes.length));
    assertThat(curl.get(output(id, "?last_bytes=10"), version).body())
        .isEqualTo(Arrays.copyOfRange(bytes, bytes.length - 10, bytes.length));
    assertThat(curl.get(output(id, "?stream=both"), version).body().length)
        .isGreaterThan(bytes.length);
  }

  @Test
  void linesOfJsonHaveEveryByteAndTheJobLast() throws Exception {
    byte[] bytes = random(300_000);
    Path file = Files.write(home.resolve("random"), bytes);
    String id = curl.startShell("cat " + file + "; kill -9 $$");

    Curl.Answer answer = curl.get(output(id, ""), "-H", LINES);

    List<JsonNode> lines = answer.lines();
    ByteArrayOutputStream stdout = new ByteArrayOutputStream();
    lines.forEach(line -> stdout.writeBytes(data(line.at("/chunk"))));
    assertThat(answer.has("content-type: application/x-ndjson")).isTrue();
    assertThat(stdout.toByteArray()).isEqualTo(bytes);
    assertThat(lines.getFirst().has("job")).isTrue();
    assertThat(lines.getLast().at("/final_job/end/signal").asInt()).isEqualTo(9);
    assertThat(lines.getLast().at("/final_job/stdout_bytes").asText()).isEqualTo("300000");
  }

  private static byte[] data(JsonNode chunk) {
    return Base64.getDecoder().decode(chunk.path("data").asText());
  }

  @ParameterizedTest
  @ValueSource(strings = {"--http1.1", "--http2"})
  void eventsGoOnAfterADisconnectWithTheNextByte(String version) throws Exception {
    Path go = home.resolve("go");
    String id =
        curl.startShell(
            "printf one; printf ONE >&2; until [ -e %s ]; do sleep 0.05; done; printf two; printf TWO >&2"
                .formatted(go));
    Curl.Running first = curl.begin(output(id, ""), events(version));
    Fleet.eventually("the first bytes came", () -> ids(first.text()).contains("3-3"));
    first.process().destroyForcibly().waitFor();
    Files.writeString(go, "");

    Curl.Answer second =
        curl.begin(output(id, ""), Curl.with(events(version), "-H", "last-event-id: 3-3")).await();

    assertThat(second.exit()).as("%s", second).isZero();
    assertThat(second.has("content-type: text/event-stream")).isTrue();
    assertThat(stream(second.text(), "STDOUT")).isEqualTo("two");
    assertThat(stream(second.text(), "STDERR")).isEqualTo("TWO");
    assertThat(ids(second.text())).contains("6-6").endsWith("end");
    assertThat(second.text()).contains("event: final_job\ndata: {\"job_id\":\"" + id);
    Curl.Answer third =
        curl.begin(output(id, ""), Curl.with(events(version), "-H", "last-event-id: end")).await();
    assertThat(third.code()).isEqualTo(204);
    Curl.Answer wrong =
        curl.begin(output(id, ""), Curl.with(events(version), "-H", "last-event-id: x")).await();
    assertThat(wrong.code()).isEqualTo(400);
  }

  @Test
  void anIdIsOnlySentWhereBothPlacesAreKnown() throws Exception {
    String id = curl.startShell("echo out; sleep 0.2; echo err >&2");
    curl.awaitState(id, "JOB_STATE_SUCCEEDED");

    Curl.Answer both = curl.get(output(id, "?last_lines=1"), "-H", EVENTS);
    Curl.Answer one = curl.get(output(id, "?last_lines=1&stream=stdout"), "-H", EVENTS);

    assertThat(ids(both.text())).containsExactly("4-4", "end");
    assertThat(ids(one.text())).containsExactly("4-0", "end");
  }

  private static String[] events(String version) {
    return Curl.with(Curl.certificate("admin"), version, "-H", EVENTS);
  }

  private static List<String> ids(String events) {
    return Pattern.compile("^id: (.*)$", Pattern.MULTILINE)
        .matcher(events)
        .results()
        .map(result -> result.group(1))
        .toList();
  }

  private static String stream(String events, String name) {
    StringBuilder text = new StringBuilder();
    Pattern.compile("^event: chunk\ndata: (.*)$", Pattern.MULTILINE)
        .matcher(events)
        .results()
        .map((MatchResult result) -> Curl.read(result.group(1)))
        .filter(chunk -> chunk.get("stream").asText().endsWith(name))
        .forEach(chunk -> text.append(new String(data(chunk), UTF_8)));
    return text.toString();
  }

  @Test
  void bytesThatAreGoneAreNoCleanEnd() throws Exception {
    String id =
        curl.startShell(
            "head -c 5000000 /dev/zero; printf end",
            "{\"output\":{\"max_stream_bytes\":1000000,\"limit_policy\":\"OUTPUT_LIMIT_POLICY_KEEP_TAIL\"}}");
    curl.awaitState(id, "JOB_STATE_SUCCEEDED");

    Curl.Answer refused = curl.get(output(id, ""));

    assertThat(refused.code()).as(refused.head()).isEqualTo(400);
    assertThat(refused.reason()).isEqualTo("OUTPUT_MISSING");
    String next = refused.json().at("/details/0/metadata/to_offset").asText();
    Curl.Answer rest = curl.get(output(id, "?stream=stdout&offset=" + next));
    assertThat(rest.body()).hasSize(5_000_003 - Integer.parseInt(next)).endsWith(101, 110, 100);
    Curl.Answer skipped = curl.get(output(id, "?skip_gaps=true"));
    assertThat(skipped.body()).isEqualTo(rest.body());
    assertThat(curl.get(output(id, ""), "-H", EVENTS).text())
        .contains("id: " + next + "-0\nevent: gap\n");
  }

  @ParameterizedTest
  @ValueSource(strings = {"--http1.1", "--http2"})
  void aStreamThatIsBrokenOffIsNoCleanEnd(String version) throws Exception {
    String id = curl.startShell("echo up; sleep 1000");
    String[] options = Curl.with(Curl.certificate("admin"), version);
    Curl.Running raw = curl.begin(output(id, ""), options);
    Curl.Running lines = curl.begin(output(id, ""), Curl.with(options, "-H", LINES));
    Fleet.eventually(
        "both read", () -> raw.text().equals("up\n") && lines.text().contains("\"chunk\""));

    long begin = System.nanoTime();
    curl.stopScheduler();

    assertThat((System.nanoTime() - begin) / 1_000_000_000).isLessThan(5);
    Curl.Answer cut = raw.await();
    assertThat(cut.exit()).as("%s", cut).isIn(18, 56, 92);
    assertThat(cut.text()).isEqualTo("up\n");
    assertThat(cut.has("orrery-exit-code:")).isFalse();
    Curl.Answer told = lines.await();
    assertThat(told.exit()).as("%s", told).isIn(18, 56, 92);
    assertThat(told.lines().getLast().at("/error/details/0/reason").asText()).isEqualTo("DRAINING");
  }

  @ParameterizedTest
  @ValueSource(strings = {"--http1.1", "--http2"})
  void aReaderThatStandsStillCostsLittleAndNobodyElsesTime(String version) throws Exception {
    int size = 64 << 20;
    Path go = home.resolve("go");
    String id =
        curl.startShell(
            "echo up; until [ -e %s ]; do sleep 0.05; done; dd if=/dev/zero bs=1M count=64 status=none"
                .formatted(go));
    Curl.Running still = curl.begin(output(id, ""), Curl.with(Curl.certificate("admin"), version));
    Fleet.eventually("it reads", () -> still.text().equals("up\n"));
    signal("STOP", still.process());
    long before = memory();
    Files.writeString(go, "");

    Curl.Running other = curl.begin(output(id, ""), Curl.with(Curl.certificate("admin"), version));
    assertThat(other.process().waitFor(60, TimeUnit.SECONDS)).as("other is done").isTrue();

    assertThat(other.size()).isEqualTo(size + 3);
    assertThat(memory() - before).as("bytes held for the one").isLessThan(32 << 20);
    assertThat(still.size()).isLessThan(1 << 20);
    signal("CONT", still.process());
    Curl.Answer late = still.await();
    assertThat(late.exit()).as(late.head()).isZero();
    assertThat(late.body()).isEqualTo(other.body());
  }

  private static void signal(String name, Process process) throws Exception {
    new ProcessBuilder("kill", "-" + name, "" + process.pid()).start().waitFor();
  }

  private static long memory() {
    System.gc();
    Runtime runtime = Runtime.getRuntime();
    return runtime.totalMemory() - runtime.freeMemory() + PlatformDependent.usedDirectMemory();
  }

  @ParameterizedTest
  @ValueSource(strings = {"--http1.1", "--http2"})
  void aReaderThatLeavesEndsItsCall(String version) throws Exception {
    try (LogLines log = new LogLines("orrery.access")) {
      String id = curl.startShell("echo up; sleep 1000");
      Curl.Running reader =
          curl.begin(output(id, ""), Curl.with(Curl.certificate("vera"), version));
      Fleet.eventually("it reads", () -> reader.text().equals("up\n"));

      reader.process().destroyForcibly();

      Fleet.eventually(
          "the call has ended",
          () ->
              !log.with("Worker/StreamJob peer=spiffe://orrery/viewer/vera", "status=CANCELLED")
                  .isEmpty());
    }
  }
}
