package io.orrery.cli;

import io.orrery.v1.StreamJobRequest;
import io.orrery.v1.StreamPosition;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Where {@code logs} begins. */
final class StartFlags {
  @Option(
      names = {"-n", "--tail"},
      paramLabel = "N",
      description = "begin with the last N lines of each stream")
  private @Nullable Long lines;

  @Option(
      names = "--since",
      paramLabel = "TIME",
      description =
          "begin with what came at most this long ago (10m), or since 2026-11-24T04:17:38Z")
  private @Nullable String since;

  @Option(
      names = "--offset",
      paramLabel = "N[,N]",
      description = "begin at this byte of the one stream asked for, or of stdout,stderr")
  private @Nullable String offset;

  /**
   * @param oneStream whether one stream alone was asked for
   * @throws CommandException when the flags make no sense
   */
  void apply(StreamJobRequest.Builder request, boolean oneStream) {
    if ((lines != null ? 1 : 0) + (since != null ? 1 : 0) + (offset != null ? 1 : 0) > 1) {
      throw new CommandException("-n, --since and --offset exclude each other");
    }
    if (lines != null) {
      if (lines < 0) {
        throw new CommandException("-n must not be negative");
      }
      request.setLastLines(lines);
    } else if (since != null) {
      request.setSince(ListFlags.time("--since", since));
    } else if (offset != null) {
      request.setFrom(position(offset, oneStream));
    }
  }

  static StreamPosition position(String text, boolean oneStream) {
    String[] offsets = text.split(",", -1);
    if (offsets.length > 2 || (offsets.length == 1 && !oneStream)) {
      throw new CommandException(
          "--offset must be N with --stdout or --stderr, or else N,N for stdout and stderr");
    }
    return StreamPosition.newBuilder()
        .setStdoutOffset(number(offsets[0]))
        .setStderrOffset(number(offsets[offsets.length - 1]))
        .build();
  }

  private static long number(String text) {
    try {
      long number = Long.parseLong(text);
      if (number >= 0) {
        return number;
      }
    } catch (NumberFormatException _) {
      // Said below.
    }
    throw new CommandException("--offset must be a number of bytes, not '" + text + "'");
  }
}
