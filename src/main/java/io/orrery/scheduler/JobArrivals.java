package io.orrery.scheduler;

import io.orrery.job.ApiException;
import io.orrery.job.JobId;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.HashMap;
import java.util.Map;

/**
 * Tells when jobs have come to a worker, or will not. It belongs to the scheduler's one context.
 */
final class JobArrivals {
  private final JobIndex index;
  private final Map<JobId, Promise<JobIndex.Entry>> awaited = new HashMap<>();

  JobArrivals(JobIndex index) {
    this.index = index;
  }

  /** Whether the worker of a job has said that it has it, or the job is over. */
  static boolean isThere(JobIndex.Entry entry) {
    return entry.confirmed() || entry.state().isTerminal();
  }

  /** Completes when the worker has the job, or it is over. */
  Future<JobIndex.Entry> await(JobIndex.Entry entry) {
    JobIndex.Entry now = index.get(entry.id()).orElse(entry);
    return isThere(now)
        ? Future.succeededFuture(now)
        : awaited.computeIfAbsent(entry.id(), _ -> Promise.promise()).future();
  }

  /** A job was refused: it is as if it had never been. */
  void gone(JobId id) {
    Promise<JobIndex.Entry> waiting = awaited.remove(id);
    if (waiting != null) {
      waiting.fail(ApiException.jobNotFound(id.value()));
    }
  }

  /** A job has changed. */
  void changed(JobIndex.Entry entry) {
    if (isThere(entry)) {
      Promise<JobIndex.Entry> waiting = awaited.remove(entry.id());
      if (waiting != null) {
        waiting.complete(entry);
      }
    }
  }
}
