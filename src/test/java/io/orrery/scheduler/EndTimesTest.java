package io.orrery.scheduler;

import static org.assertj.core.api.Assertions.assertThat;

import io.orrery.job.JobId;
import io.orrery.job.JobState.Name;
import io.orrery.rpc.Times;
import io.orrery.v1.Job;
import io.orrery.v1.JobState;
import java.time.Instant;
import org.junit.jupiter.api.Test;

/** The ends that the scheduler tells, by its own clock, of jobs that began by another. */
class EndTimesTest {
  private static final Instant START = Instant.parse("2026-11-24T12:00:00Z");
  private static final Instant BEFORE = START.minusSeconds(3600);
  private static final Instant AFTER = START.plusSeconds(3600);

  private static Instant lost(Instant now) {
    Job runs =
        Job.newBuilder()
            .setJobId(JobId.random().value())
            .setOwner("spiffe://orrery/admin/anna")
            .setAttempt(1)
            .setCreateTime(Times.timestamp(START))
            .setStartTime(Times.timestamp(START))
            .setState(JobState.JOB_STATE_RUNNING)
            .setPid(7)
            .build();
    JobIndex.Entry entry = IndexedJobs.answered("w1", runs);
    return Times.instant(IndexedJobs.lost(entry, "w1", "it is gone", now).getEndTime());
  }

  @Test
  void aJobIsNotLostBeforeItsStart() {
    assertThat(lost(AFTER)).isEqualTo(AFTER);
    assertThat(lost(BEFORE)).isEqualTo(START);
  }

  private static Instant ended(Instant now) {
    Job waits = Job.newBuilder().setCreateTime(Times.timestamp(START)).build();
    return Times.instant(QueuedJob.ended(waits, Name.TIMED_OUT, "", now).getEndTime());
  }

  @Test
  void aJobDoesNotEndBeforeItWasAccepted() {
    assertThat(ended(AFTER)).isEqualTo(AFTER);
    assertThat(ended(BEFORE)).isEqualTo(START);
  }
}
