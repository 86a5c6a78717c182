package io.orrery.scheduler;

import io.orrery.job.JobId;
import io.orrery.v1.Job;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * The jobs that wait when the store turns out to have lost everything: it alone knew what was to be
 * run, so they are ended soon and not when their turn comes. It belongs to the scheduler's one
 * context.
 */
final class ForgottenJobs {
  /** So many are looked up at one time. */
  private static final int AT_ONE_TIME = 500;

  private final JobRecords records;
  private final JobQueue queue;
  private final Consumer<JobId> end;
  private final Deque<JobId> open = new ArrayDeque<>();
  private int underWay;
  private boolean looking;

  /** {@code end} takes each job of which there is no record. */
  ForgottenJobs(JobRecords records, JobQueue queue, Consumer<JobId> end) {
    this.records = records;
    this.queue = queue;
    this.end = end;
  }

  /** The store has lost what it knew. */
  void look() {
    open.clear();
    queue.backlog().ids().forEach(open::add);
    lookForSome();
  }

  /** Goes on where the store failed; to be called about once a second. */
  void tick() {
    lookForSome();
  }

  /** A record that is at hand is looked at in here, which must not begin this once more. */
  private void lookForSome() {
    if (looking) {
      return;
    }
    looking = true;
    while (!open.isEmpty() && underWay < AT_ONE_TIME && !records.isAway()) {
      JobId id = open.remove();
      if (isToBeRun(id)) {
        underWay++;
        records
            .get(id)
            .onComplete(_ -> underWay--)
            .onFailure(_ -> open.add(id))
            .onSuccess(record -> found(id, record));
      }
    }
    looking = false;
  }

  /** One that is not acknowledged yet is about to have its record. */
  private boolean isToBeRun(JobId id) {
    return queue.backlog().has(id) && !queue.isFresh(id);
  }

  private void found(JobId id, Optional<Job> record) {
    if (record.isEmpty() && isToBeRun(id)) {
      end.accept(id);
    }
    lookForSome();
  }
}
