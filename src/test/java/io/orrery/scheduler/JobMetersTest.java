package io.orrery.scheduler;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.orrery.job.JobId;
import io.orrery.job.JobState;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class JobMetersTest {
  private static final Instant START = Instant.parse("2026-11-24T12:00:00Z");

  private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
  private final JobIndex index = new JobIndex(new MessageBudget(1000));
  private final List<JobIndex.Entry> passedOn = new ArrayList<>();
  private Instant now = START;

  {
    index.onChange(new JobMeters(() -> now, (_, after) -> passedOn.add(after), registry));
  }

  private void put(JobId id, Duration accepted, int attempt, JobState.Name state) {
    boolean queued = state == JobState.Name.QUEUED;
    JobIndex.Report report =
        new JobIndex.Report(state, attempt, new JobIndex.Room(1, 2), START.plus(accepted), null);
    index.put(new JobIndex.Entry(id, queued ? "" : "w", "me", !queued, report));
  }

  private double jobs(String state) {
    return registry.get("orrery.jobs").tag("state", state).gauge().value();
  }

  private double ended(String state) {
    return registry.get("orrery.jobs.ended").tag("state", state).counter().count();
  }

  private double oldest() {
    return registry.get("orrery.queue.oldest").gauge().value();
  }

  @Test
  void jobsAreCountedFromChangeToChange() {
    JobId job = JobId.random();
    put(job, Duration.ZERO, 1, JobState.Name.QUEUED);
    put(JobId.random(), Duration.ZERO, 1, JobState.Name.QUEUED);
    assertThat(jobs("queued")).isEqualTo(2);

    put(job, Duration.ZERO, 1, JobState.Name.RUNNING);
    assertThat(jobs("queued")).isEqualTo(1);
    assertThat(jobs("running")).isEqualTo(1);

    put(job, Duration.ZERO, 1, JobState.Name.FAILED);
    put(job, Duration.ZERO, 1, JobState.Name.FAILED);
    assertThat(jobs("failed")).isEqualTo(1);
    assertThat(ended("failed")).isEqualTo(1);

    index.forget(job, "w");
    assertThat(jobs("failed")).isZero();
    assertThat(ended("failed")).isEqualTo(1);
    assertThat(passedOn).hasSize(6);
  }

  @Test
  void anEndFromBeforeTheStartIsNotCountedAsOne() {
    put(JobId.random(), Duration.ZERO, 1, JobState.Name.LOST);

    assertThat(jobs("lost")).isEqualTo(1);
    assertThat(ended("lost")).isZero();
  }

  @Test
  void whatTheQueueSaysIsShown() {
    JobMeters.register(() -> 3, () -> Optional.of(START), () -> now, registry);
    now = START.plusSeconds(100);

    assertThat(oldest()).isEqualTo(100);
    assertThat(registry.get("orrery.queue.jobs").gauge().value()).isEqualTo(3);
  }

  @Test
  void withoutAJobThatWaitsTheOldestHasWaitedForNoTime() {
    JobMeters.register(() -> 0, Optional::empty, () -> now, registry);

    assertThat(oldest()).isZero();
  }

  @Test
  void theStartOfAFirstRunIsTimedOnce() {
    JobId job = JobId.random();
    put(job, Duration.ZERO, 1, JobState.Name.QUEUED);
    now = START.plusSeconds(3);
    put(job, Duration.ZERO, 1, JobState.Name.STARTING);
    put(job, Duration.ZERO, 1, JobState.Name.RUNNING);
    now = START.plusSeconds(9);
    put(job, Duration.ZERO, 1, JobState.Name.STOPPING);
    put(job, Duration.ZERO, 2, JobState.Name.RUNNING);

    var starts = registry.get("orrery.job.start").timer();
    assertThat(starts.count()).isEqualTo(1);
    assertThat(starts.totalTime(TimeUnit.SECONDS)).isEqualTo(3, within(1e-6));
  }
}
