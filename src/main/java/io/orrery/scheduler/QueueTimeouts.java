package io.orrery.scheduler;

import io.orrery.job.JobId;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.function.LongSupplier;

/** Until when jobs may wait, on the monotonic clock. It belongs to one context. */
final class QueueTimeouts {
  private static final int SPARE = 1_000;

  private final LongSupplier nanoTime;
  private final long origin;
  private final Map<JobId, Long> ends = new HashMap<>();
  private final PriorityQueue<Due> order = new PriorityQueue<>();

  private record Due(long nanos, JobId id) implements Comparable<Due> {
    @Override
    public int compareTo(Due other) {
      return Long.compare(nanos, other.nanos);
    }
  }

  QueueTimeouts(LongSupplier nanoTime) {
    this.nanoTime = nanoTime;
    this.origin = nanoTime.getAsLong();
  }

  private long now() {
    return nanoTime.getAsLong() - origin;
  }

  /** From now on; what is zero or less is over already. */
  void add(JobId id, Duration time) {
    long end = now() + time.toNanos();
    ends.put(id, end);
    order.add(new Due(end, id));
  }

  /** What was removed stays in the order until it is most of it, or its time has come. */
  void remove(JobId id) {
    if (ends.remove(id) != null && order.size() > 2 * ends.size() + SPARE) {
      order.clear();
      ends.forEach((job, end) -> order.add(new Due(end, job)));
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
    Due first = order.peek();
    while (first != null && first.nanos() <= now) {
      order.remove();
      if (ends.remove(first.id(), first.nanos())) {
        over.add(first.id());
      }
      first = order.peek();
    }
    return over;
  }
}
