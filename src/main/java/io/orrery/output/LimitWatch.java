package io.orrery.output;

import io.orrery.bus.OutputBus;
import io.orrery.bus.OutputLimitReached;
import io.orrery.job.Job.StreamBytes;
import io.orrery.job.JobId;
import io.orrery.job.StopLimit;
import io.orrery.job.StopLimit.Verdict;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/**
 * Looks after the limit of a job's streams: has the oldest bytes dropped, or tells that the job is
 * to be stopped. For the tail's thread.
 */
final class LimitWatch {
  private final JobId job;
  private final StopLimit limit;
  private final OutputBus bus;
  private final @Nullable Trimmer trimmer;
  private Verdict told = Verdict.WITHIN;

  LimitWatch(JobId job, OutputFiles files, StreamLimit limit, OutputBus bus, Executor punching) {
    this.job = job;
    this.limit = limit.stop();
    this.bus = bus;
    this.trimmer = limit.keepsTail() ? new Trimmer(job, files, limit.bytes(), punching) : null;
  }

  /** Does what is due with streams of these sizes. */
  void look(StreamBytes sizes) throws IOException {
    if (trimmer != null) {
      trimmer.trim(sizes);
      return;
    }
    Verdict verdict = limit.verdict(largest(sizes));
    if (verdict.compareTo(told) > 0) {
      told = verdict;
      bus.publish(new OutputLimitReached(job, verdict == Verdict.FAR_OVER));
    }
  }

  /** Nothing is written any more. */
  void finish(StreamBytes sizes) throws IOException {
    if (trimmer != null) {
      trimmer.trimAll(sizes);
    }
  }

  /** How soon to look again while the job prints. */
  Duration pace(StreamBytes sizes) throws IOException {
    return trimmer == null ? limit.pace(largest(sizes)) : StopLimit.paceFor(trimmer.room(sizes));
  }

  private static long largest(StreamBytes sizes) {
    return Math.max(sizes.stdout(), sizes.stderr());
  }
}
