package io.orrery.cli;

import io.orrery.config.SizeText;
import io.orrery.v1.Limits;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** What a job may use at the most. */
final class LimitFlags {
  @Option(
      names = "--memory",
      paramLabel = "SIZE",
      description = "the most memory of all its processes, like 512MiB")
  private @Nullable String memory;

  @Option(
      names = "--cpus",
      paramLabel = "N",
      description = "the most processors, 1.5 is one and a half")
  private double cpus;

  @Option(names = "--pids", paramLabel = "N", description = "the most processes and threads")
  private long pids;

  boolean areGiven() {
    return memory != null || cpus != 0 || pids != 0;
  }

  /**
   * @throws CommandException when one is no limit
   */
  Limits limits() {
    if (!(cpus >= 0) || Double.isInfinite(cpus) || pids < 0) {
      throw new CommandException("--cpus and --pids must be positive");
    }
    return Limits.newBuilder().setMemoryBytes(bytes()).setCpus(cpus).setPids(pids).build();
  }

  private long bytes() {
    if (memory == null) {
      return 0;
    }
    try {
      return SizeText.parse(memory);
    } catch (IllegalArgumentException e) {
      throw new CommandException("--memory " + e.getMessage());
    }
  }
}
