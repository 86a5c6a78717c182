package io.orrery.cli;

import java.time.Duration;
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
      paramLabel = "SELECTOR",
      description =
          "run on a worker whose labels match: key=value, key!=value, key, !key or 'key in (a,b)';"
              + " may be repeated, all must match")
  List<String> selector = new ArrayList<>();

  @Option(
      names = "--all",
      description = "run on every worker that is online and has the labels, one job each")
  boolean all;

  @Option(
      names = "--priority",
      paramLabel = "N",
      description = "before waiting jobs with lower numbers; -1000 to 1000, 0 unless given")
  int priority;

  @Option(
      names = "--max-attempts",
      paramLabel = "N",
      description =
          "run the job again when its worker is lost, so often in all; 1 unless given. A job that"
              + " fails by itself is not run again")
  int maxAttempts;

  @Option(
      names = "--queue-timeout",
      paramLabel = "TIME",
      description = "give up when no worker has had room for this long; the exit code is 124 then")
  @Nullable Duration queueTimeout;

  @Option(
      names = "--array",
      paramLabel = "FIRST-LAST",
      description = "run once for each number, which is in ORRERY_ARRAY_INDEX")
  @Nullable String array;
}
