package io.orrery.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.vertx.core.json.JsonObject;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class OptionsTest {
  private static final Path HOME = Path.of("/home");
  private static final String SCHEDULER = "\"scheduler\": [\"s:1\"]";

  @Test
  void theSchedulerNeedsNoKeys() {
    SchedulerOptions options = SchedulerOptions.parse(new JsonObject(), HOME);
    assertThat(options)
        .isEqualTo(
            new SchedulerOptions(
                "127.0.0.1",
                50000,
                new SchedulerOptions.Http(50080),
                new MetricsOptions("127.0.0.1", 0),
                tls("/home/certs/scheduler"),
                new SchedulerOptions.Store(
                    StoreKind.EMBEDDED,
                    Path.of("/home/data/scheduler"),
                    1_000_000,
                    Duration.ofDays(30),
                    new RedisStoreOptions(
                        "127.0.0.1",
                        6379,
                        new RedisStoreOptions.Tls(false, null, null, null),
                        "",
                        null,
                        0,
                        "orrery:")),
                Duration.ofSeconds(10),
                Duration.ofHours(1),
                1_000_000,
                Duration.ofDays(7)));
  }

  @Test
  void theWorkerNeedsOnlyItsScheduler() {
    WorkerOptions options = WorkerOptions.parse(new JsonObject("{" + SCHEDULER + "}"), HOME);
    assertThat(options)
        .isEqualTo(
            new WorkerOptions(
                "127.0.0.1",
                30000,
                null,
                List.of(new HostPort("s", 1)),
                new MetricsOptions("127.0.0.1", 0),
                tls("/home/certs/worker"),
                Path.of("/home/data/worker"),
                Path.of("/home/scripts"),
                List.of("*"),
                0,
                Map.of(),
                RunnerKind.PROCESS,
                Duration.ZERO,
                new OutputOptions(0, OutputOptions.Policy.STOP),
                new RetentionOptions(
                    Duration.ofDays(7), 10_000, 100L << 30, 20_000, Duration.ofDays(30)),
                new FreeOptions(256 << 20, 1)));
    assertThat(options.advertised(4711)).hasToString("127.0.0.1:4711");
  }

  @Test
  void givenValuesAreTaken() {
    WorkerOptions options =
        WorkerOptions.parse(
            new JsonObject(
                """
                {"host": "::", "port": 0, "advertise": "[fe80::1]:7", "scheduler": ["a:1", "b.c:2"],
                 "tls": {"key": "/k"}, "data": "d", "allow": ["bash"], "slots": 3,
                 "labels": {"example.com/zone": "eu west", "gpu": ""}}
                """),
            HOME);
    assertThat(options.advertised(9)).isEqualTo(new HostPort("fe80::1", 7));
    assertThat(options.scheduler()).hasToString("[a:1, b.c:2]");
    assertThat(options.tls().key()).isEqualTo(Path.of("/k"));
    assertThat(options.data()).isEqualTo(Path.of("/home/d"));
    assertThat(options.labels())
        .containsEntry("example.com/zone", "eu west")
        .containsEntry("gpu", "");
    assertThat(options.allows("bash")).isTrue();
    assertThat(options.allows("sh")).isFalse();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '¦',
      quoteCharacter = '`',
      textBlock =
          """
          "port": 70000 ¦ port: must be a whole number from 0 to 65535, not 70000
          "port": -1 ¦ port: must be a whole number from 0 to 65535, not -1
          "port": 1.5 ¦ port: must be a whole number from 0 to 65535, not 1.5
          "port": 99999999999999999999 ¦ port: must be a whole number from 0 to 65535, not 99999999999999999999
          "port": 4294967296 ¦ port: must be a whole number from 0 to 65535, not 4294967296
          "port": "30000" ¦ port: must be a whole number from 0 to 65535, not "30000"
          "port": null ¦ port: must be a whole number from 0 to 65535, not null
          "host": 5 ¦ host: must be a host name or IP address, not 5
          "host": "a b" ¦ host: must be a host name or IP address, not "a b"
          "host": "" ¦ host: must be a host name or IP address, not ""
          "host": "0.0.0.0" ¦ advertise: is needed with host "0.0.0.0", which nobody can dial: give the host:port of this worker for the scheduler
          "advertise": "here" ¦ advertise: must be host:port, like "127.0.0.1:50000", not "here"
          "advertise": "here:0" ¦ advertise: must have a port from 1 to 65535, not 0
          "advertise": "::1:5" ¦ advertise: must be host:port, like "127.0.0.1:50000", not "::1:5"
          "tls": [] ¦ tls: must be an object, not a list
          "tls": {"ca": true} ¦ tls.ca: must be a path, not true
          "tls": {"ca": ""} ¦ tls.ca: must be a path, not ""
          "tls": {"cart": "x"} ¦ tls.cart: unknown key; the nearest known key is "tls.cert"
          "data": "a\\u0000b" ¦ data: must be a path, not "a\\u0000b"
          "allow": "bash" ¦ allow: must be a list of strings, not "bash"
          "allow": ["bash", 1] ¦ allow: must be a list of non-empty strings, but has 1
          "allow": [" "] ¦ allow: must be a list of non-empty strings, but has " "
          "labels": {"-a": "x"} ¦ labels: must have keys like "zone" or "example.com/zone", not "-a"
          "labels": {"a": 1} ¦ labels: must have strings of at most 253 printable characters as values, not 1
          "labels": {"a": "x\\n"} ¦ labels: must have strings of at most 253 printable characters as values, not "x\\n"
          "labels": "a=b" ¦ labels: must be an object of strings, not "a=b"
          "runner": "other" ¦ runner: must be "process", "embedded", not "other"
          "hots": "x" ¦ hots: unknown key; the nearest known key is "host"
          "cert": "x" ¦ cert: unknown key; the nearest known key is "tls.cert"
          "tlsCert": "x" ¦ tlsCert: unknown key; the nearest known key is "tls.cert"
          "Scripts": "x" ¦ Scripts: unknown key; the nearest known key is "scripts"
          "a\\nb": "x" ¦ a\\nb: unknown key; the nearest known key is "tls"
          """)
  void aBadValueOfTheWorkerIsOneProblemThatSaysWhatIsExpected(String key, String problem) {
    assertThatExceptionOfType(ConfigurationException.class)
        .isThrownBy(
            () -> WorkerOptions.parse(new JsonObject("{" + SCHEDULER + "," + key + "}"), HOME))
        .withMessage("The worker's configuration has 1 problem:\n  " + problem);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '¦',
      quoteCharacter = '`',
      textBlock =
          """
          "lease": 10 ¦ lease: must be a duration like "10s", not 10
          "lease": "10" ¦ lease: must be a duration like "500ms", "10s", "5m", "2h" or "1d", not "10"
          "lease": "99ms" ¦ lease: must be a duration from 100ms to 1h, not "99ms"
          "lease": "2h" ¦ lease: must be a duration from 100ms to 1h, not "2h"
          "queue": -1 ¦ queue: must be a whole number from 0 to 100000000, not -1
          "http": {"port": 65536} ¦ http.port: must be a whole number from 0 to 65535, not 65536
          "http": {"ports": 1} ¦ http.ports: unknown key; the nearest known key is "http.port"
          "metrics": {"port": -1} ¦ metrics.port: must be a whole number from 0 to 65535, not -1
          "metrics": {"host": ""} ¦ metrics.host: must be a host name or IP address, not ""
          "metrics": null ¦ metrics: must be an object, not null
          "store": {"type": "file"} ¦ store.type: must be "embedded", "redis", not "file"
          "store": {"keep_age": 5} ¦ store.keep_age: must be a duration like "10s", not 5
          "store": {"keep_jobs": -1} ¦ store.keep_jobs: must be a whole number from 0 to 100000000, not -1
          "store": {"redis": {"tls": true}} ¦ store.redis.tls: must be an object, not true
          "store": {"redis": {"tls": {"enabled": 1}}} ¦ store.redis.tls.enabled: must be true or false, not 1
          "store": {"redis": {"tls": {"cert": "c"}}} ¦ store.redis.tls.key: is needed too: both or neither
          "store": {"redis": {"prefix": "a b"}} ¦ store.redis.prefix: must be 1 to 64 printable ASCII characters, not "a b"
          "store": {"redis": {"password": "x"}} ¦ store.redis.password: unknown key; the nearest known key is "store.redis.password_file"
          "leese": "10s" ¦ leese: unknown key; the nearest known key is "lease"
          """)
  void aBadValueOfTheSchedulerIsOneProblemThatSaysWhatIsExpected(String key, String problem) {
    assertThatExceptionOfType(ConfigurationException.class)
        .isThrownBy(() -> SchedulerOptions.parse(new JsonObject("{" + key + "}"), HOME))
        .withMessage("The scheduler's configuration has 1 problem:\n  " + problem);
  }

  @Test
  void aRedisStoreIsTaken() {
    SchedulerOptions options =
        SchedulerOptions.parse(
            new JsonObject(
                """
                {"store": {"type": "redis", "keep_jobs": 5, "keep_age": "1d", "redis": {
                  "host": "redis.example", "port": 7000, "database": 3, "prefix": "o/",
                  "username": "orrery", "password_file": "secret",
                  "tls": {"enabled": true, "ca": "ca.pem", "cert": "/c", "key": "/k"}}}}
                """),
            HOME);
    assertThat(options.store())
        .isEqualTo(
            new SchedulerOptions.Store(
                StoreKind.REDIS,
                Path.of("/home/data/scheduler"),
                5,
                Duration.ofDays(1),
                new RedisStoreOptions(
                    "redis.example",
                    7000,
                    new RedisStoreOptions.Tls(
                        true, Path.of("/home/ca.pem"), Path.of("/c"), Path.of("/k")),
                    "orrery",
                    Path.of("/home/secret"),
                    3,
                    "o/")));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '¦',
      quoteCharacter = '`',
      textBlock =
          """
          {} ¦ scheduler: is missing; it must be a list like ["127.0.0.1:50000"]
          {"scheduler": []} ¦ scheduler: must name at least one host:port
          {"scheduler": "a:1"} ¦ scheduler: must be a list of strings, not "a:1"
          {"scheduler": ["a:1", "b"]} ¦ scheduler: must be host:port, like "127.0.0.1:50000", not "b"
          """)
  void theWorkerMustKnowASchedulersAddress(String json, String problem) {
    assertThatExceptionOfType(ConfigurationException.class)
        .isThrownBy(() -> WorkerOptions.parse(new JsonObject(json), HOME))
        .satisfies(e -> assertThat(e.problems()).containsExactly(problem));
  }

  @Test
  void allProblemsAreToldAtOnceAndInOrder() {
    JsonObject json =
        new JsonObject(
            """
            {"port": 70000, "hots": "x", "tls": {"ca": 1, "cret": "x"}, "slots": "many", "data": 1}
            """);
    assertThatExceptionOfType(ConfigurationException.class)
        .isThrownBy(() -> WorkerOptions.parse(json, HOME, TlsFiles::check))
        .withMessage(
            """
            The worker's configuration has 7 problems:
              port: must be a whole number from 0 to 65535, not 70000
              scheduler: is missing; it must be a list like ["127.0.0.1:50000"]
              tls.ca: must be a path, not 1
              data: must be a path, not 1
              slots: must be a whole number from 0 to 100000, not "many"
              hots: unknown key; the nearest known key is "host"
              tls.cret: unknown key; the nearest known key is "tls.cert\"\
            """);
  }

  @Test
  void aKeyThatWasPastedInsteadOfItsPathIsNotPrinted() {
    JsonObject json =
        new JsonObject()
            .put("tls", new JsonObject().put("key", "-----BEGIN PRIVATE KEY-----\nMIGHsecret\n"));
    assertThatExceptionOfType(ConfigurationException.class)
        .isThrownBy(() -> SchedulerOptions.parse(json, HOME, TlsFiles::check))
        .satisfies(
            e ->
                assertThat(e.problems())
                    .containsExactly("tls.key: must be a path, not the content of a PEM file"));
  }

  private static TlsFiles tls(String name) {
    return new TlsFiles(
        Path.of("/home/certs/ca.crt"), Path.of(name + ".crt"), Path.of(name + ".key"));
  }
}
