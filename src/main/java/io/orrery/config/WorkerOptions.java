package io.orrery.config;

import io.vertx.core.json.JsonObject;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The worker's configuration, each component named as its key; docs/configuration.md tells what
 * they mean.
 *
 * @param port 0 is any free port
 * @param advertise null when not given: see {@link #advertised}
 * @param slots 0 is one a core
 */
public record WorkerOptions(
    String host,
    int port,
    @Nullable HostPort advertise,
    List<HostPort> scheduler,
    MetricsOptions metrics,
    TlsFiles tls,
    Path data,
    Path scripts,
    List<String> allow,
    int slots,
    Map<String, String> labels,
    RunnerKind runner,
    Duration drain,
    OutputOptions output,
    RetentionOptions retention,
    FreeOptions free) {

  /**
   * Reads the options without looking at the file system.
   *
   * @param home the directory of relative paths, see {@link ConfigFile#home}
   * @throws ConfigurationException with every problem of the object
   */
  public static WorkerOptions parse(JsonObject json, Path home) {
    return parse(json, home, (_, _) -> {});
  }

  /**
   * Reads the options and has the TLS files checked, so that one message tells all problems.
   *
   * @throws ConfigurationException with every problem of the object and the files
   */
  public static WorkerOptions parse(JsonObject json, Path home, TlsFiles.Check check) {
    OptionReader reader = new OptionReader(json, home);
    WorkerOptions options = read(reader);
    reader.finish("The worker's configuration", options.tls, check);
    return options;
  }

  static WorkerOptions read(OptionReader reader) {
    WorkerOptions options =
        new WorkerOptions(
            reader.host("host", "127.0.0.1"),
            reader.port("port", 30000),
            reader.address("advertise", "`host`:`port`"),
            reader.addresses("scheduler"),
            MetricsOptions.read(reader.section("metrics")),
            TlsFiles.read(reader.section("tls"), "worker"),
            reader.path("data", "data/worker", "directory"),
            reader.path("scripts", "scripts", "directory"),
            reader.strings("allow", List.of("*"), "commands, or \"*\""),
            reader.integer("slots", 0, 0, 100_000),
            reader.labels("labels"),
            reader.choice("runner", RunnerKind.PROCESS),
            reader.duration("drain", "0s", "0s", "30d"),
            OutputOptions.read(reader.section("output")),
            RetentionOptions.read(reader.section("retention")),
            FreeOptions.read(reader.section("free")));
    if (options.advertise == null
        && (options.host.equals("0.0.0.0") || options.host.equals("::"))) {
      reader.problem(
          "advertise",
          "is needed with host \""
              + options.host
              + "\", which nobody can dial: give the host:port of this worker for the scheduler");
    }
    return options;
  }

  /** The address that the scheduler shall dial, given the port that was really bound. */
  public HostPort advertised(int boundPort) {
    return advertise == null ? new HostPort(host, boundPort) : advertise;
  }

  /** Whether a job may name this command: {@code allow} has it, letter for letter, or {@code *}. */
  public boolean allows(String command) {
    return allow.contains("*") || allow.contains(command);
  }
}
