package io.orrery.cli;

import com.google.protobuf.util.Durations;
import io.orrery.config.SizeText;
import io.orrery.v1.Limits;
import io.orrery.v1.OutputLimitPolicy;
import io.orrery.v1.OutputPolicy;
import java.time.Duration;
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

  @Option(
      names = "--max-output",
      paramLabel = "SIZE",
      description = "stop the job when its stdout or its stderr has more bytes, like 1GiB")
  private @Nullable String maxOutput;

  @Option(names = "--keep-tail", description = "do not stop it there, but drop the oldest bytes")
  private boolean keepTail;

  @Option(
      names = "--io-read",
      paramLabel = "SIZE",
      description = "the most bytes a second read from block devices, like 10MiB")
  private @Nullable String ioRead;

  @Option(
      names = "--io-write",
      paramLabel = "SIZE",
      description = "the most bytes a second written to block devices")
  private @Nullable String ioWrite;

  @Option(
      names = "--io-read-ops",
      paramLabel = "N",
      description = "the most read operations a second on block devices")
  private long ioReadOperations;

  @Option(
      names = "--io-write-ops",
      paramLabel = "N",
      description = "the most write operations a second on block devices")
  private long ioWriteOperations;

  @Option(
      names = "--open-files",
      paramLabel = "N",
      description = "the most open files of a process")
  private long openFiles;

  @Option(
      names = "--file-size",
      paramLabel = "SIZE",
      description = "the largest file that the job may write, its output included")
  private @Nullable String fileSize;

  @Option(names = "--nice", paramLabel = "N", description = "-20 (first) to 19 (last), see nice(1)")
  private int nice;

  @Option(
      names = "--no-new-privileges",
      description = "no program may gain privileges, as by a set-user-ID bit")
  private boolean noNewPrivileges;

  @Option(
      names = "--keep-output",
      paramLabel = "TIME",
      description =
          "how long its output is kept after its end, like 1h; the worker's rule if not given")
  private @Nullable Duration keepOutput;

  boolean areGiven() {
    return !limits().equals(Limits.getDefaultInstance());
  }

  boolean areGivenForOutput() {
    return maxOutput != null || keepTail || keepOutput != null;
  }

  /**
   * @throws CommandException when one is no limit
   */
  OutputPolicy output() {
    long most = bytes("--max-output", maxOutput);
    if (maxOutput != null && most == 0) {
      throw new CommandException("--max-output must be more than nothing");
    }
    OutputPolicy.Builder policy =
        OutputPolicy.newBuilder()
            .setMaxStreamBytes(most)
            .setLimitPolicy(
                keepTail
                    ? OutputLimitPolicy.OUTPUT_LIMIT_POLICY_KEEP_TAIL
                    : OutputLimitPolicy.OUTPUT_LIMIT_POLICY_STOP);
    if (keepOutput != null) {
      policy.setRetention(Durations.fromMillis(keepOutput.toMillis()));
    }
    return policy.build();
  }

  /**
   * @throws CommandException when one is no limit
   */
  Limits limits() {
    if (!(cpus >= 0) || Double.isInfinite(cpus) || pids < 0) {
      throw new CommandException("--cpus and --pids must be positive");
    }
    return Limits.newBuilder()
        .setMemoryBytes(bytes("--memory", memory))
        .setCpus(cpus)
        .setPids(pids)
        .setIoReadBytesPerSecond(bytes("--io-read", ioRead))
        .setIoWriteBytesPerSecond(bytes("--io-write", ioWrite))
        .setIoReadOperationsPerSecond(ioReadOperations)
        .setIoWriteOperationsPerSecond(ioWriteOperations)
        .setOpenFiles(openFiles)
        .setFileSizeBytes(bytes("--file-size", fileSize))
        .setNice(nice)
        .setNoNewPrivileges(noNewPrivileges)
        .build();
  }

  private static long bytes(String flag, @Nullable String size) {
    if (size == null) {
      return 0;
    }
    try {
      return SizeText.parse(size);
    } catch (IllegalArgumentException e) {
      throw new CommandException(flag + " " + e.getMessage());
    }
  }
}
