package io.orrery.scheduler;

import io.orrery.job.JobId;
import io.vertx.core.Vertx;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.stream.Stream;

/** Jobs that no worker took, until they are tried again. It belongs to one context. */
final class DelayedJobs {
  private final Vertx vertx;
  private final Consumer<Waiting> due;
  private final Map<JobId, Waiting> jobs = new HashMap<>();

  /** {@code due} takes each job whose time has come, unless it was removed. */
  DelayedJobs(Vertx vertx, Consumer<Waiting> due) {
    this.vertx = vertx;
    this.due = due;
  }

  /** The longer, the more often it was tried. */
  void add(Waiting job, int times) {
    jobs.put(job.id(), job);
    vertx
        .timer(Backoff.millis(times), TimeUnit.MILLISECONDS)
        .onSuccess(
            _ -> {
              if (jobs.remove(job.id(), job)) {
                due.accept(job);
              }
            });
  }

  void remove(JobId id) {
    jobs.remove(id);
  }

  Optional<Waiting> get(JobId id) {
    return Optional.ofNullable(jobs.get(id));
  }

  Stream<Waiting> all() {
    return jobs.values().stream();
  }

  int size() {
    return jobs.size();
  }
}
