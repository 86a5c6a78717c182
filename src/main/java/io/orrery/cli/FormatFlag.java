package io.orrery.cli;

import picocli.CommandLine.Option;

/** How results are printed. */
final class FormatFlag {
  /** For people, or for programs. */
  enum Format {
    TEXT,
    JSON
  }

  @Option(
      names = {"-o", "--output"},
      paramLabel = "text|json",
      description = "text for people, or json for programs: one object a line")
  private Format format = Format.TEXT;

  boolean isJson() {
    return format == Format.JSON;
  }
}
