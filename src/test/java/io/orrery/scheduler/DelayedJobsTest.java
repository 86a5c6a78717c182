package io.orrery.scheduler;

import static org.assertj.core.api.Assertions.assertThat;

import io.orrery.fleet.Fleet;
import io.orrery.job.JobId;
import io.orrery.v1.Job;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Jobs that are tried again, and how long they wait for it. */
class DelayedJobsTest {
  private final Vertx vertx = Vertx.vertx();
  private final AtomicLong now = new AtomicLong();
  private final List<Waiting> due = new CopyOnWriteArrayList<>();
  private final DelayedJobs jobs = new DelayedJobs(vertx, now::get, due::add);
  private final Waiting job = Waiting.of(Job.newBuilder().setJobId(JobId.random().value()).build());

  @AfterEach
  void close() throws Exception {
    vertx.close().await(30, TimeUnit.SECONDS);
  }

  @Test
  void eachPauseIsTwiceAsLongAsTheOneBeforeUpToAMinuteAndUpToHalfShorterByChance() {
    long most = 500;
    for (int times = 1; times <= 40; times++) {
      int tried = times;
      long[] pauses = LongStream.range(0, 200).map(_ -> Backoff.millis(tried)).toArray();
      assertThat(LongStream.of(pauses).min().orElseThrow()).isBetween(most / 2, most * 3 / 4);
      assertThat(LongStream.of(pauses).max().orElseThrow()).isBetween(most * 3 / 4, most);
      most = Math.min(60_000, 2 * most);
    }
    assertThat(Backoff.millis(Integer.MAX_VALUE)).isBetween(30_000L, 60_000L);
  }

  @Test
  void aJobIsHereUntilItsTimeHasComeAndThenDueOnce() throws Exception {
    jobs.add(job, 1);
    assertThat(jobs.left(job.id()).orElseThrow())
        .isBetween(Duration.ofMillis(250), Duration.ofMillis(500));
    now.addAndGet(Duration.ofMillis(200).toNanos());
    assertThat(jobs.left(job.id()).orElseThrow())
        .isBetween(Duration.ofMillis(50), Duration.ofMillis(300));
    Fleet.eventually("one is due", () -> !due.isEmpty());

    assertThat(due).containsExactly(job);
    assertThat(jobs.has(job.id())).isFalse();
    assertThat(jobs.left(job.id())).isEmpty();
    assertThat(jobs.size()).isZero();
  }

  /** The time of before is not that of the next. */
  @Test
  void aJobThatWasTakenOutAndComesAgainHasItsOwnTime() throws Exception {
    Waiting other = Waiting.of(Job.newBuilder().setJobId(JobId.random().value()).build());
    jobs.add(job, 1);
    jobs.remove(job.id());
    jobs.add(job, 20);
    jobs.add(other, 2);
    Fleet.eventually("one is due", () -> !due.isEmpty());

    assertThat(due).containsExactly(other);
    assertThat(jobs.all()).containsExactly(job);
  }

  @Test
  void whoAsksIsToldUntilWhen() {
    assertThat(
            Explanations.delayed(
                Duration.ofMillis(41_001), Instant.parse("2026-01-02T03:04:05.9Z")))
        .endsWith("it is tried again in 42 s, at 2026-01-02T03:04:47Z");
  }
}
