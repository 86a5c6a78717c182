package io.orrery.scheduler;

import io.orrery.job.JobFilter;
import io.orrery.job.JobState;
import io.orrery.rpc.ListedJobs;
import io.orrery.v1.Job;
import io.vertx.core.Future;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Takes up, when the scheduler starts, what the store knows of before. */
final class QueueRecovery {
  /** Small enough that most of a page is gone before the next collection of young objects. */
  private static final int PAGE = 250;

  /** Of so many jobs that were given up an end that is told late is still expected. */
  private static final int MOST_GIVEN_UP = 100_000;

  private static final JobFilter GIVEN_UP =
      new JobFilter(Set.of(JobState.Name.LOST), "", "", Map.of(), null, null, "");

  private final JobRecords records;
  private final JobQueue queue;
  private final JobOrders orders;
  private final JobChanges changes;
  private int givenUp;

  QueueRecovery(JobRecords records, JobQueue queue, JobOrders orders, JobChanges changes) {
    this.records = records;
    this.queue = queue;
    this.orders = orders;
    this.changes = changes;
  }

  /** Takes up the jobs which have not ended, and those that were given up. */
  Future<Void> run() {
    return PageByPage.take(
            this::unfinished, jobs -> changes.restore(() -> jobs.forEach(queue::takeUp)))
        .compose(
            _ ->
                PageByPage.take(
                    this::givenUp,
                    jobs -> changes.restore(() -> jobs.forEach(orders::takeUpGivenUp))));
  }

  private Future<List<Job>> unfinished(Optional<Job> after) {
    return records.unfinished(after, PAGE);
  }

  private Future<List<Job>> givenUp(Optional<Job> after) {
    int most = Math.min(PAGE, MOST_GIVEN_UP - givenUp);
    return records
        .list(GIVEN_UP, after.map(ListedJobs::position), most)
        .onSuccess(jobs -> givenUp += jobs.size());
  }
}
