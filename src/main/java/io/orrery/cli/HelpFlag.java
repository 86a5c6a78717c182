package io.orrery.cli;

import picocli.CommandLine.Option;

/** The flag that every command has. */
final class HelpFlag {
  @Option(
      names = {"-h", "--help"},
      usageHelp = true,
      description = "show this help")
  boolean asked;
}
