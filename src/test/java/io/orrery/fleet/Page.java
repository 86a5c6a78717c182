package io.orrery.fleet;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.HashMap;
import java.util.Map;
import java.util.function.DoublePredicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The page of a server's metrics and health, read as Prometheus and Kubernetes do. */
public final class Page {
  private static final HttpClient CLIENT =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

  /** A line of the text format, as its description has it. */
  private static final Pattern SAMPLE =
      Pattern.compile(
          "([a-zA-Z_:][a-zA-Z0-9_:]*)"
              + "(\\{[a-zA-Z_]\\w*=\"(?:[^\"\\\\\\n]|\\\\[\\\\n\"])*\""
              + "(?:,[a-zA-Z_]\\w*=\"(?:[^\"\\\\\\n]|\\\\[\\\\n\"])*\")*\\})?"
              + " (-?[0-9.]+(?:E-?[0-9]+)?|\\+Inf|-Inf|NaN)( [0-9]+)?");

  private static final Pattern COMMENT =
      Pattern.compile("# (?:HELP [a-zA-Z_:][\\w:]* .*|TYPE [a-zA-Z_:][\\w:]* [a-z]+)");

  private final int port;

  /** One on a port that was free a moment ago. */
  public Page() throws IOException {
    try (ServerSocket free = new ServerSocket(0)) {
      port = free.getLocalPort();
    }
  }

  /** The option that has it served. */
  public JsonObject option() {
    return new JsonObject().put("metrics", new JsonObject().put("port", port));
  }

  int port() {
    return port;
  }

  HttpResponse<String> get(String path, String... headers) throws Exception {
    return send("GET", path, headers);
  }

  HttpResponse<String> send(String method, String path, String... headers) throws Exception {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
            .method(method, HttpRequest.BodyPublishers.noBody());
    if (headers.length > 0) {
      request.headers(headers);
    }
    return CLIENT.send(request.build(), HttpResponse.BodyHandlers.ofString());
  }

  /** Every sample by its name and labels; fails when a line is none and no comment. */
  public Map<String, Double> scrape() throws Exception {
    HttpResponse<String> response = get("/metrics");
    assertThat(response.statusCode()).isEqualTo(200);
    assertThat(response.headers().firstValue("content-type"))
        .contains("text/plain; version=0.0.4; charset=utf-8");
    return samples(response.body());
  }

  static Map<String, Double> samples(String text) {
    Map<String, Double> samples = new HashMap<>();
    text.lines()
        .filter(line -> !COMMENT.matcher(line).matches())
        .forEach(
            line -> {
              Matcher sample = SAMPLE.matcher(line);
              assertThat(sample.matches()).as("is a sample: " + line).isTrue();
              String labels = sample.group(2) == null ? "" : sample.group(2);
              String value = sample.group(3).replace("Inf", "Infinity");
              Double before = samples.put(sample.group(1) + labels, Double.valueOf(value));
              assertThat(before).as("only once: " + line).isNull();
            });
    return samples;
  }

  /** The sample, which must be there. */
  double value(String sample) throws Exception {
    Map<String, Double> samples = scrape();
    assertThat(samples).containsKey(sample);
    return samples.get(sample);
  }

  void await(String sample, DoublePredicate condition) throws Exception {
    Fleet.eventually(
        sample,
        () -> {
          try {
            Double value = scrape().get(sample);
            return value != null && condition.test(value);
          } catch (Exception e) {
            throw new AssertionError(e);
          }
        });
  }

  void await(String sample, double value) throws Exception {
    await(sample, found -> found == value);
  }

  /** Waits until it is not ready for a reason that has these words. */
  void awaitNotReady(String words) throws Exception {
    Fleet.eventually("not ready: " + words, () -> ready().contains(words));
  }

  void awaitReady() throws Exception {
    Fleet.eventually("ready", () -> ready().startsWith("200 {\"ready\":true,\"reasons\":[]}"));
  }

  private String ready() {
    try {
      HttpResponse<String> response = get("/readyz");
      return response.statusCode() + " " + response.body();
    } catch (Exception e) {
      throw new AssertionError(e);
    }
  }
}
