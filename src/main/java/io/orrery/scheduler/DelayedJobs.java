package io.orrery.scheduler;

import io.orrery.job.JobId;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import java.util.stream.Stream;

/** Jobs that no worker took, until they are tried again. It belongs to one context. */
final class DelayedJobs {
  private final Vertx vertx;
  private final LongSupplier nanoTime;
  private final Consumer<Waiting> due;
  private final Map<JobId, Later> jobs = new HashMap<>();

  /** Each time that a job is put off is another one. */
  private record Later(Waiting job, long nanos) {}

  /** {@code due} takes each job whose time has come, unless it was removed. */
  DelayedJobs(Vertx vertx, LongSupplier nanoTime, Consumer<Waiting> due) {
    this.vertx = vertx;
    this.nanoTime = nanoTime;
    this.due = due;
  }

  /** The longer, the more often it was tried. */
  void add(Waiting job, int times) {
    long pause = Backoff.millis(times);
    Later later = new Later(job, nanoTime.getAsLong() + TimeUnit.MILLISECONDS.toNanos(pause));
    jobs.put(job.id(), later);
    vertx
        .timer(pause, TimeUnit.MILLISECONDS)
        .onSuccess(
            _ -> {
              if (jobs.remove(job.id(), later)) {
                due.accept(job);
              }
            });
  }

  void remove(JobId id) {
    jobs.remove(id);
  }

  boolean has(JobId id) {
    return jobs.containsKey(id);
  }

  /** In what time a job is tried again; empty where it is not here. */
  Optional<Duration> left(JobId id) {
    return Optional.ofNullable(jobs.get(id))
        .map(later -> Duration.ofNanos(Math.max(0, later.nanos - nanoTime.getAsLong())));
  }

  Stream<Waiting> all() {
    return jobs.values().stream().map(Later::job);
  }

  int size() {
    return jobs.size();
  }
}
