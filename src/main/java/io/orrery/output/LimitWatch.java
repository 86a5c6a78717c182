package io.orrery.output;

import io.orrery.bus.OutputBus;
import io.orrery.bus.OutputLimitReached;
import io.orrery.job.Job.StreamBytes;
import io.orrery.job.JobId;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/**
 * Looks after the limit of a job's streams: has the oldest bytes dropped, or tells that the job is
 * to be stopped. For the tail's thread.
 */
final class LimitWatch {
  /** What a job may write over its limit, while it is being stopped, before it is killed. */
  static final long OVERRUN = 16 * 1024 * 1024;

  /** How often a job is looked at that is far from its limit, or has none. */
  static final Duration USUAL = Duration.ofMillis(50);

  private static final Duration CLOSE = Duration.ofMillis(5);

  /** What is written within the usual pace at the most: more than 5 GB a second. */
  private static final long FAR = 256 * 1024 * 1024;

  private final JobId job;
  private final StreamLimit limit;
  private final OutputBus bus;
  private final @Nullable Trimmer trimmer;
  private boolean told;
  private boolean toldFar;

  LimitWatch(JobId job, OutputFiles files, StreamLimit limit, OutputBus bus, Executor punching) {
    this.job = job;
    this.limit = limit;
    this.bus = bus;
    this.trimmer = limit.keepsTail() ? new Trimmer(job, files, limit.bytes(), punching) : null;
  }

  /** Does what is due with streams of these sizes. */
  void look(StreamBytes sizes) throws IOException {
    if (trimmer != null) {
      trimmer.trim(sizes);
    } else if (limit.stops()) {
      long over = largest(sizes) - limit.bytes();
      if ((over > 0 && !told) || (over > OVERRUN && !toldFar)) {
        told = true;
        toldFar = over > OVERRUN;
        bus.publish(new OutputLimitReached(job, toldFar));
      }
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
    if (limit.isNone()) {
      return USUAL;
    }
    long room = trimmer == null ? limit.bytes() - largest(sizes) : trimmer.room(sizes);
    boolean over = room < -OVERRUN && trimmer == null;
    return room >= FAR || over ? USUAL : CLOSE;
  }

  private static long largest(StreamBytes sizes) {
    return Math.max(sizes.stdout(), sizes.stderr());
  }
}
