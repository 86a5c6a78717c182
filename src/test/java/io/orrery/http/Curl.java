package io.orrery.http;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.orrery.fleet.Fleet;
import io.orrery.security.Identity;
import io.orrery.security.Role;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;

/** A fleet whose scheduler has an HTTP/JSON face, and curl, the real one, to talk to it. */
final class Curl implements AutoCloseable {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final int PATIENCE_SECONDS = 60;

  private final Fleet fleet;
  private final Fleet.Running scheduler;
  private final int port;
  private int runs;

  private Curl(Fleet fleet, Fleet.Running scheduler, int port) {
    this.fleet = fleet;
    this.scheduler = scheduler;
    this.port = port;
  }

  static Curl start(Path home) throws Exception {
    Fleet fleet = Fleet.prepare(home);
    int port = freePort();
    JsonObject http = new JsonObject().put("http", new JsonObject().put("port", port));
    Fleet.Running scheduler = fleet.startScheduler(0, http);
    fleet.issue(new Identity(Role.VIEWER, "vera"));
    return new Curl(fleet, scheduler, port);
  }

  static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }

  Fleet fleet() {
    return fleet;
  }

  void stopScheduler() throws Exception {
    fleet.stop(scheduler);
  }

  /** What curl brought: its exit code, the head of the answer with trailers behind, the body. */
  record Answer(int exit, String head, byte[] body, String complaint) {
    int code() {
      String[] words = head.split(" ", 3);
      return words.length < 2 ? 0 : Integer.parseInt(words[1].strip());
    }

    String text() {
      return new String(body, UTF_8);
    }

    JsonNode json() {
      try {
        return JSON.readTree(body);
      } catch (IOException e) {
        throw new AssertionError("no JSON: " + this, e);
      }
    }

    List<JsonNode> lines() {
      return text().lines().map(Curl::read).toList();
    }

    /** The reason of the ErrorInfo that every error has. */
    String reason() {
      return json().at("/details/0/reason").asText();
    }

    boolean has(String header) {
      return head.toLowerCase(Locale.ROOT).contains(header);
    }

    @Override
    public String toString() {
      return "exit " + exit + "\n" + head + "\n" + text() + "\n" + complaint;
    }
  }

  static JsonNode read(String json) {
    try {
      return JSON.readTree(json);
    } catch (IOException e) {
      throw new AssertionError("no JSON: " + json, e);
    }
  }

  /** A curl that runs. */
  record Running(Process process, Path files) {
    byte[] body() throws IOException {
      Path body = files.resolve("body");
      return Files.exists(body) ? Files.readAllBytes(body) : new byte[0];
    }

    long size() throws IOException {
      return Files.size(files.resolve("body"));
    }

    String text() {
      try {
        return new String(body(), UTF_8);
      } catch (IOException e) {
        throw new AssertionError(e);
      }
    }

    Answer await() throws Exception {
      if (!process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
        process.destroyForcibly();
        throw new AssertionError("curl did not end; so far: " + text());
      }
      Path head = files.resolve("head");
      return new Answer(
          process.exitValue(),
          Files.exists(head) ? Files.readString(head) : "",
          body(),
          Files.readString(files.resolve("complaint")));
    }
  }

  Answer get(String path, String... options) throws Exception {
    return as("admin", path, options);
  }

  Answer post(String path, String body, String... options) throws Exception {
    return as("admin", path, with(options, "-d", body));
  }

  Answer as(String name, String path, String... options) throws Exception {
    return begin(path, with(options, certificate(name))).await();
  }

  static String[] with(String[] options, String... more) {
    List<String> all = new ArrayList<>(List.of(options));
    all.addAll(List.of(more));
    return all.toArray(String[]::new);
  }

  static String[] certificate(String name) {
    return new String[] {"--cert", "certs/" + name + ".crt", "--key", "certs/" + name + ".key"};
  }

  Running begin(String path, String... options) throws IOException {
    Path files = Files.createDirectories(fleet.home().resolve("curl").resolve("" + runs++));
    List<String> command = new ArrayList<>(List.of("curl", "-gsSN", "--cacert", "certs/ca.crt"));
    command.addAll(List.of("-D", files.resolve("head") + "", "-o", files.resolve("body") + ""));
    command.addAll(List.of(options));
    command.add("https://127.0.0.1:" + port + path);
    try {
      return new Running(
          new ProcessBuilder(command)
              .directory(fleet.home().toFile())
              .redirectInput(ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()))
              .redirectOutput(files.resolve("out").toFile())
              .redirectError(files.resolve("complaint").toFile())
              .start(),
          files);
    } catch (IOException e) {
      throw new AssertionError("curl is missing; install it with: apt-get install curl", e);
    }
  }

  /** Starts a bash job; answers with its id. */
  String startShell(String script, String... more) throws Exception {
    JsonObject body =
        new JsonObject().put("command", "bash").put("args", new JsonArray().add("-c").add(script));
    for (String json : more) {
      body.mergeIn(new JsonObject(json));
    }
    Answer answer = post("/v1/jobs", body.encode());
    if (answer.code() != 200) {
      throw new AssertionError(answer);
    }
    return answer.json().get("job_id").asText();
  }

  String state(String jobId) throws Exception {
    return get("/v1/jobs/" + jobId).json().at("/job/state").asText();
  }

  void awaitState(String jobId, String state) throws Exception {
    Fleet.eventually(
        jobId + " is " + state,
        () -> {
          try {
            return state(jobId).equals(state);
          } catch (Exception e) {
            throw new AssertionError(e);
          }
        });
  }

  @Override
  public void close() {
    fleet.close();
  }
}
