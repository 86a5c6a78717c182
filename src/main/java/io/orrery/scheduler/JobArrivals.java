package io.orrery.scheduler;

import io.orrery.job.ApiException;
import io.orrery.job.JobId;
import io.orrery.job.Reason;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Tells when jobs have come to a worker, or will not, to those who still want to know. It belongs
 * to the scheduler's one context.
 */
final class JobArrivals {
  private final JobIndex index;
  private final Map<JobId, Set<Waiter>> awaited = new HashMap<>();

  /** Somebody who waits; maybe also for the job to be in the queue again. */
  private static final class Waiter {
    private final Promise<JobIndex.Entry> told = Promise.promise();
    private final boolean orQueued;

    Waiter(boolean orQueued) {
      this.orQueued = orQueued;
    }
  }

  JobArrivals(JobIndex index) {
    this.index = index;
  }

  /** Whether the worker of a job has said that it has it, or the job is over. */
  static boolean isThere(JobIndex.Entry entry) {
    return entry.confirmed() || entry.state().isTerminal();
  }

  /**
   * Completes when the worker has the job, or it is over.
   *
   * @param unwanted completes when nobody wants to know any more
   */
  Future<JobIndex.Entry> await(JobIndex.Entry entry, Future<Void> unwanted) {
    return await(entry, unwanted, false);
  }

  /** The same, or when its worker has not taken the job, which is back in the queue. */
  Future<JobIndex.Entry> awaitOrQueued(JobIndex.Entry entry, Future<Void> unwanted) {
    return await(entry, unwanted, true);
  }

  private Future<JobIndex.Entry> await(
      JobIndex.Entry entry, Future<Void> unwanted, boolean orQueued) {
    JobIndex.Entry now = index.get(entry.id()).orElse(entry);
    if (isThere(now)) {
      return Future.succeededFuture(now);
    }
    Waiter waiter = new Waiter(orQueued);
    awaited.computeIfAbsent(entry.id(), _ -> new LinkedHashSet<>()).add(waiter);
    unwanted.onComplete(_ -> leave(entry.id(), waiter));
    return waiter.told.future();
  }

  private void leave(JobId id, Waiter waiter) {
    Set<Waiter> waiters = awaited.get(id);
    if (waiters != null && waiters.remove(waiter)) {
      if (waiters.isEmpty()) {
        awaited.remove(id);
      }
      waiter.told.fail(new ApiException(Reason.CANCELLED, "nobody waits for job " + id));
    }
  }

  /** How many wait. */
  int size() {
    return awaited.values().stream().mapToInt(Set::size).sum();
  }

  /** A job was refused: it is as if it had never been. */
  void gone(JobId id) {
    Set<Waiter> waiters = awaited.remove(id);
    if (waiters != null) {
      waiters.forEach(waiter -> waiter.told.fail(ApiException.jobNotFound(id.value())));
    }
  }

  /** A job has changed. */
  void changed(JobIndex.Entry entry) {
    Set<Waiter> waiters = awaited.get(entry.id());
    if (waiters == null) {
      return;
    }
    boolean there = isThere(entry);
    boolean queued = entry.workerId().isEmpty();
    for (Waiter waiter : List.copyOf(waiters)) {
      if (there || (queued && waiter.orQueued)) {
        waiters.remove(waiter);
        waiter.told.complete(entry);
      }
    }
    if (waiters.isEmpty()) {
      awaited.remove(entry.id(), waiters);
    }
  }
}
