package io.orrery.cli;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Where a job runs, and how often. */
final class PlacementFlags {
  @Option(
      names = {"-w", "--worker"},
      paramLabel = "WORKER",
      description = "run on this worker: its name, id, or the first characters of one")
  @Nullable String worker;

  @Option(
      names = {"-l", "--selector"},
      paramLabel = "KEY=VALUE",
      description = "run on a worker with this label; may be repeated")
  List<String> selector = new ArrayList<>();

  @Option(
      names = "--all",
      description = "run on every worker that is online and has the labels, one job each")
  boolean all;

  @Option(
      names = "--array",
      paramLabel = "FIRST-LAST",
      description = "run once for each number, which is in ORRERY_ARRAY_INDEX")
  @Nullable String array;
}
