package io.orrery.cli;

import java.time.Duration;
import picocli.CommandLine.Option;

/** How long a command that follows a job tries to get a lost connection back. */
final class ReconnectFlag {
  static final Duration USUAL = Duration.ofSeconds(60);

  @Option(
      names = "--reconnect-timeout",
      paramLabel = "TIME",
      description = "how long to try when the connection is lost; 60s unless given")
  Duration timeout = USUAL;
}
