package io.orrery.output;

import io.orrery.job.OutputPolicy;
import io.orrery.job.StopLimit;
import java.nio.file.Path;

/**
 * The most bytes that one stream of a job may hold, and what happens there; 0 bytes is no limit.
 */
public record StreamLimit(long bytes, OutputPolicy.Limit policy) {
  public static final StreamLimit NONE = new StreamLimit(0, OutputPolicy.Limit.STOP);

  /** The limit of a job that asks so, where this is the one of jobs that do not say. */
  public StreamLimit of(OutputPolicy asked) {
    if (asked.maxStreamBytes() > 0) {
      return new StreamLimit(asked.maxStreamBytes(), asked.limit());
    }
    return asked.limit() == OutputPolicy.Limit.KEEP_TAIL
        ? new StreamLimit(bytes, OutputPolicy.Limit.KEEP_TAIL)
        : this;
  }

  boolean isNone() {
    return bytes == 0;
  }

  /** Whether the oldest bytes are dropped at the limit. */
  public boolean keepsTail() {
    return !isNone() && policy == OutputPolicy.Limit.KEEP_TAIL;
  }

  /** Where the job is stopped; none where its oldest bytes are dropped instead. */
  public StopLimit stop() {
    return policy == OutputPolicy.Limit.STOP ? new StopLimit(bytes) : StopLimit.NONE;
  }

  /** Whether the file system of a directory can drop the oldest bytes of files. Blocks. */
  public static boolean canKeepTail(Path directory) {
    return Trimmer.isPossible(directory);
  }
}
