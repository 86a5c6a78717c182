package io.orrery.scheduler;

import io.orrery.job.JobFilter;
import io.orrery.job.JobPosition;
import io.orrery.job.JobState;
import io.orrery.rpc.ListedJobs;
import io.orrery.rpc.Times;
import io.orrery.v1.Job;
import io.vertx.core.Future;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Takes up, when the scheduler starts, what the store knows of before. */
final class QueueRecovery {
  private static final int PAGE = 2_000;

  /** Of so many jobs that were given up an end that is told late is still expected. */
  private static final int MOST_GIVEN_UP = 100_000;

  private static final JobFilter GIVEN_UP =
      new JobFilter(Set.of(JobState.Name.LOST), "", "", Map.of(), null, null, "");

  private final JobRecords records;
  private final JobQueue queue;
  private final JobOrders orders;
  private final JobChanges changes;

  QueueRecovery(JobRecords records, JobQueue queue, JobOrders orders, JobChanges changes) {
    this.records = records;
    this.queue = queue;
    this.orders = orders;
    this.changes = changes;
  }

  /** Takes up the jobs which have not ended, and those that were given up. */
  Future<Void> run() {
    return unfinished(records.unfinished(-1, PAGE))
        .compose(_ -> givenUp(Optional.empty(), MOST_GIVEN_UP));
  }

  /** The next page is read while one is taken up. */
  private Future<Void> unfinished(Future<List<Job>> page) {
    return page.compose(
        jobs -> {
          if (jobs.isEmpty()) {
            return Future.succeededFuture();
          }
          long last = JobRecords.sequence(Times.instant(jobs.getLast().getCreateTime()));
          Future<List<Job>> next = records.unfinished(last, PAGE);
          changes.restore(() -> jobs.forEach(queue::takeUp));
          return unfinished(next);
        });
  }

  private Future<Void> givenUp(Optional<JobPosition> after, int atMost) {
    return records
        .list(GIVEN_UP, after, Math.min(PAGE, atMost))
        .compose(
            jobs -> {
              changes.restore(() -> jobs.forEach(orders::takeUpGivenUp));
              return jobs.isEmpty() || jobs.size() >= atMost
                  ? Future.succeededFuture()
                  : givenUp(Optional.of(ListedJobs.position(jobs.getLast())), atMost - jobs.size());
            });
  }
}
