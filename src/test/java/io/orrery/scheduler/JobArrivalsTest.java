package io.orrery.scheduler;

import static org.assertj.core.api.Assertions.assertThat;

import io.orrery.job.JobId;
import io.orrery.job.JobState;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class JobArrivalsTest {
  private final JobIndex index = new JobIndex(new MessageBudget(1000));
  private final JobArrivals arrivals = new JobArrivals(index);
  private final JobId id = JobId.random();
  private final JobIndex.Entry ordered = entry(JobState.Name.STARTING, "w", false);
  private final Promise<Void> unwanted = Promise.promise();

  private JobIndex.Entry entry(JobState.Name state, String worker, boolean confirmed) {
    JobIndex.Report report =
        new JobIndex.Report(state, 1, JobIndex.Room.of(0, 0), Instant.EPOCH, null);
    return new JobIndex.Entry(id, worker, "me", confirmed, report);
  }

  @Test
  void whoDoesNotWantToKnowAnyMoreIsForgotten() {
    Future<JobIndex.Entry> waits = arrivals.await(ordered, unwanted.future());
    arrivals.await(ordered, Promise.<Void>promise().future());
    assertThat(arrivals.size()).isEqualTo(2);

    unwanted.complete();

    assertThat(waits.failed()).isTrue();
    assertThat(arrivals.size()).isEqualTo(1);
  }

  @Test
  void onlyWhoAskedForItIsToldThatAJobIsInTheQueueAgain() {
    Future<JobIndex.Entry> stream = arrivals.await(ordered, unwanted.future());
    Future<JobIndex.Entry> stop = arrivals.awaitOrQueued(ordered, unwanted.future());
    JobIndex.Entry queued = IndexedJobs.queued(ordered);

    arrivals.changed(queued);

    assertThat(stop.result()).isEqualTo(queued);
    assertThat(stream.isComplete()).isFalse();

    JobIndex.Entry runs = entry(JobState.Name.RUNNING, "w", true);
    arrivals.changed(runs);
    assertThat(stream.result()).isEqualTo(runs);
    assertThat(arrivals.size()).isZero();
  }
}
