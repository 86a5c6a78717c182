package io.orrery.config;

import io.vertx.core.json.JsonObject;
import java.nio.file.Path;
import java.time.Duration;

/**
 * The scheduler's configuration, each component named as its key (lost_after);
 * docs/configuration.md tells what they mean.
 *
 * @param port 0 is any free port
 * @param lease how long a worker is believed in without a heartbeat
 * @param lostAfter how long nothing may be heard of a worker until its jobs are lost
 * @param queue the most jobs that may wait
 * @param queueTimeout how long a job may wait that does not say it itself
 */
public record SchedulerOptions(
    String host,
    int port,
    Http http,
    MetricsOptions metrics,
    TlsFiles tls,
    Store store,
    Duration lease,
    Duration lostAfter,
    int queue,
    Duration queueTimeout) {

  /** The HTTP/JSON face; port 0 is off. */
  public record Http(int port) {}

  /**
   * What the scheduler remembers over a restart.
   *
   * @param keepJobs of how many jobs that have ended
   * @param keepAge for how long after their end
   */
  public record Store(
      StoreKind type, Path path, int keepJobs, Duration keepAge, RedisStoreOptions redis) {

    static Store read(OptionReader reader) {
      return new Store(
          reader.choice("type", StoreKind.EMBEDDED),
          reader.path("path", "data/scheduler", "directory"),
          reader.integer("keep_jobs", 1_000_000, 0, 100_000_000),
          reader.duration("keep_age", "30d", "0s", "3650d"),
          RedisStoreOptions.read(reader.section("redis")));
    }
  }

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
    return new SchedulerOptions(
        reader.host("host", "127.0.0.1"),
        reader.port("port", 50000),
        new Http(reader.section("http").port("port", 50080)),
        MetricsOptions.read(reader.section("metrics")),
        TlsFiles.read(reader.section("tls"), "scheduler"),
        Store.read(reader.section("store")),
        reader.duration("lease", "10s", "100ms", "1h"),
        reader.duration("lost_after", "1h", "1s", "30d"),
        reader.integer("queue", 1_000_000, 0, 100_000_000),
        reader.duration("queue_timeout", "7d", "1s", "365d"));
  }
}
