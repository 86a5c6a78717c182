package io.orrery.scheduler;

import static org.assertj.core.api.Assertions.assertThat;

import io.orrery.job.JobId;
import io.orrery.rpc.Times;
import io.orrery.v1.Job;
import io.orrery.v1.JobSpec;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class QueueTimeoutsTest {
  private final AtomicLong nanos = new AtomicLong(-7);
  private final QueueTimeouts timeouts = new QueueTimeouts(nanos::get, Duration.ofDays(7));
  private final JobId first = JobId.random();
  private final JobId second = JobId.random();

  @Test
  void tellsOnceWhoseTimeIsOverInItsOrder() {
    timeouts.add(first, Duration.ofSeconds(2));
    timeouts.add(second, Duration.ofSeconds(1));
    assertThat(timeouts.over()).isEmpty();

    nanos.addAndGet(Duration.ofSeconds(2).toNanos());

    assertThat(timeouts.over()).containsExactly(second, first);
    assertThat(timeouts.over()).isEmpty();
  }

  @Test
  void whoWasRemovedOrHasAnotherTimeIsNotTold() {
    timeouts.add(first, Duration.ofSeconds(1));
    timeouts.add(first, Duration.ofSeconds(3));
    timeouts.add(second, Duration.ofSeconds(1));
    timeouts.remove(second);

    nanos.addAndGet(Duration.ofSeconds(2).toNanos());

    assertThat(timeouts.over()).isEmpty();
  }

  private static Job accepted(Instant time) {
    return Job.newBuilder()
        .setAttempt(1)
        .setCreateTime(Times.timestamp(time))
        .setSpec(JobSpec.newBuilder().setQueueTimeout(Times.duration(Duration.ofMinutes(1))))
        .build();
  }

  @Test
  void theWallClockIsOnlyAskedAboutJobsOfAnEarlierScheduler() {
    Instant accepted = Instant.parse("2026-11-24T12:00:00Z");
    timeouts.add(first, Duration.ofMinutes(1));
    nanos.addAndGet(Duration.ofSeconds(30).toNanos());

    timeouts.resume(first, accepted(accepted), accepted.plus(Duration.ofDays(1)));
    timeouts.resume(second, accepted(accepted), accepted.plus(Duration.ofSeconds(50)));
    assertThat(timeouts.over()).isEmpty();

    nanos.addAndGet(Duration.ofSeconds(10).toNanos());
    assertThat(timeouts.over()).containsExactly(second);
    nanos.addAndGet(Duration.ofSeconds(20).toNanos());
    assertThat(timeouts.over()).containsExactly(first);
  }

  @Test
  void aClockThatWasSetBackOverARestartLengthensNoWait() {
    Instant accepted = Instant.parse("2026-11-24T12:00:00Z");
    timeouts.resume(first, accepted(accepted), accepted.minus(Duration.ofDays(1)));

    nanos.addAndGet(Duration.ofMinutes(1).toNanos());

    assertThat(timeouts.over()).containsExactly(first);
  }

  @Test
  void jobsThatWaitedOnlyForAMomentLeaveNothingBehind() {
    timeouts.add(first, Duration.ofDays(1));
    for (int i = 0; i < 50_000; i++) {
      JobId id = JobId.random();
      timeouts.add(id, Duration.ofDays(7));
      timeouts.remove(id);
    }

    assertThat(timeouts.size()).isLessThan(2_000);
    nanos.addAndGet(Duration.ofDays(1).toNanos());
    assertThat(timeouts.over()).containsExactly(first);
  }
}
