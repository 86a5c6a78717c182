package io.orrery.scheduler;

import io.orrery.job.JobId;
import io.orrery.job.JobMap;
import io.orrery.rpc.Times;
import io.orrery.v1.Job;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/** Until when jobs may wait, on the monotonic clock. It belongs to one context. */
final class QueueTimeouts {
  private final LongSupplier nanoTime;
  private final Duration usual;
  private final long origin;
  private final JobMap<Due> ends = new JobMap<>(due -> due.id);
  private final LazyQueue<Due> order =
      new LazyQueue<>(Comparator.comparingLong(Due::nanos), this::isCurrent);

  private static final class Due {
    private final long nanos;
    private final JobId id;

    Due(long nanos, JobId id) {
      this.nanos = nanos;
      this.id = id;
    }

    long nanos() {
      return nanos;
    }
  }

  /**
   * No jobs yet.
   *
   * @param usual how long those may wait that do not say
   */
  QueueTimeouts(LongSupplier nanoTime, Duration usual) {
    this.nanoTime = nanoTime;
    this.usual = usual;
    this.origin = nanoTime.getAsLong();
  }

  private boolean isCurrent(Due due) {
    return ends.get(due.id) == due;
  }

  private long now() {
    return nanoTime.getAsLong() - origin;
  }

  /** From now on, for the time that the job asks for, or else the usual one. */
  void add(JobId id, @Nullable Duration asked) {
    put(id, asked == null ? usual : asked);
  }

  /**
   * One whose time goes on has it until when it had it. Else it is from its acceptance on, which
   * was before this scheduler, so that only the wall clock knows of it; one that has run before has
   * its time anew.
   */
  void resume(JobId id, Job job, Instant now) {
    if (ends.get(id) != null) {
      return;
    }
    Duration asked =
        Times.durationIf(job.getSpec().hasQueueTimeout(), job.getSpec().getQueueTimeout());
    Duration time = asked == null ? usual : asked;
    Duration waited =
        job.getAttempt() > 1
            ? Duration.ZERO
            : Duration.between(Times.instant(job.getCreateTime()), now);
    put(id, waited.isNegative() ? time : time.minus(waited));
  }

  /** What is zero or less is over already. */
  private void put(JobId id, Duration time) {
    Due due = new Due(now() + time.toNanos(), id);
    boolean replaces = ends.put(due) != null;
    order.add(due);
    if (replaces) {
      order.removed();
    }
  }

  void remove(JobId id) {
    if (ends.remove(id) != null) {
      order.removed();
    }
  }

  /** How many entries there are in the order. */
  int size() {
    return order.size();
  }

  /** Those whose time is over, once. */
  List<JobId> over() {
    List<JobId> over = new ArrayList<>();
    long now = now();
    Due first = order.head();
    while (first != null && first.nanos <= now) {
      over.add(first.id);
      remove(first.id);
      first = order.head();
    }
    return over;
  }
}
