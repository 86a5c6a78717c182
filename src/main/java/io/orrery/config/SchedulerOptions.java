package io.orrery.config;

import io.vertx.core.json.JsonObject;
import java.nio.file.Path;
import java.time.Duration;

/**
 * The scheduler's configuration, each component named as its key; docs/configuration.md tells what
 * they mean.
 *
 * @param port 0 is any free port
 * @param lease how long a worker is believed in without a heartbeat
 * @param queue the most jobs that may wait
 * @param queueTimeout how long a job may wait that does not say it itself
 */
public record SchedulerOptions(
    String host,
    int port,
    Http http,
    Metrics metrics,
    TlsFiles tls,
    Store store,
    Duration lease,
    int queue,
    Duration queueTimeout) {

  /** The HTTP/JSON face; port 0 is off. */
  public record Http(int port) {}

  /** The metrics page; port 0 is off. */
  public record Metrics(int port) {}

  /** What the scheduler remembers over a restart. */
  public record Store(StoreKind type, Path path) {}

  /**
   * Reads the options without looking at the file system.
   *
   * @param home the directory of relative paths, see {@link ConfigFile#home}
   * @throws ConfigurationException with every problem of the object
   */
  public static SchedulerOptions parse(JsonObject json, Path home) {
    return parse(json, home, (_, _) -> {});
  }

  /**
   * Reads the options and has the TLS files checked, so that one message tells all problems.
   *
   * @throws ConfigurationException with every problem of the object and the files
   */
  public static SchedulerOptions parse(JsonObject json, Path home, TlsFiles.Check check) {
    OptionReader reader = new OptionReader(json, home);
    SchedulerOptions options = read(reader);
    reader.finish("The scheduler's configuration", options.tls, check);
    return options;
  }

  static SchedulerOptions read(OptionReader reader) {
    OptionReader store = reader.section("store");
    return new SchedulerOptions(
        reader.host("host", "127.0.0.1"),
        reader.port("port", 50000),
        new Http(reader.section("http").port("port", 50080)),
        new Metrics(reader.section("metrics").port("port", 0)),
        TlsFiles.read(reader.section("tls"), "scheduler"),
        new Store(
            store.choice("type", StoreKind.EMBEDDED, "redis"),
            store.path("path", "data/scheduler", "directory")),
        reader.duration("lease", "10s", "100ms", "1h"),
        reader.integer("queue", 1_000_000, 0, 100_000_000),
        reader.duration("queue_timeout", "7d", "1s", "365d"));
  }
}
