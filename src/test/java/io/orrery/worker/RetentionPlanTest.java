package io.orrery.worker;

import static org.assertj.core.api.Assertions.assertThat;

import io.orrery.job.Completion;
import io.orrery.job.Job;
import io.orrery.job.JobEnd;
import io.orrery.job.JobSpec;
import io.orrery.job.JobState;
import io.orrery.job.OutputPolicy;
import io.orrery.job.OutputRemoval;
import io.orrery.job.OutputRemoval.Rule;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

final class RetentionPlanTest {
  private static final Instant NOW = Instant.parse("2026-01-02T00:00:00Z");
  private static final Duration DAY = Duration.ofDays(1);
  private static final RetentionPlan.Rules WIDE =
      new RetentionPlan.Rules(DAY, 100, 1000, 100, DAY.multipliedBy(30));

  private static RetentionPlan.Finished ended(
      Duration ago, long held, @Nullable Duration retention) {
    Job asked = Asked.job("true");
    JobSpec spec = asked.spec();
    JobSpec kept =
        new JobSpec(
            spec.command(),
            spec.input(),
            null,
            null,
            spec.limits(),
            spec.labels(),
            "",
            false,
            new OutputPolicy(0, OutputPolicy.Limit.STOP, retention),
            null,
            spec.placement());
    JobState.Ended state =
        new JobState.Ended(
            JobState.Name.SUCCEEDED,
            new JobEnd(new JobEnd.Exited(0)),
            Completion.unused(null, NOW.minus(ago)));
    Job job =
        new Job(asked.id(), kept, asked.owner(), asked.site(), NOW, state, Job.StreamBytes.NONE);
    return new RetentionPlan.Finished(job, held, NOW.minus(ago));
  }

  private static RetentionPlan.Finished ended(int hoursAgo, long held) {
    return ended(Duration.ofHours(hoursAgo), held, null);
  }

  @Test
  void whatIsOlderThanItIsKeptGoesAndAJobMaySayItself() {
    RetentionPlan.Finished old = ended(24, 1);
    RetentionPlan.Finished young = ended(23, 1);
    RetentionPlan.Finished cherished = ended(DAY.multipliedBy(9), 1, DAY.multipliedBy(10));
    RetentionPlan.Finished fleeting = ended(Duration.ofSeconds(2), 1, Duration.ofSeconds(1));

    assertThat(RetentionPlan.outputs(List.of(fleeting, young, cherished, old), WIDE, NOW))
        .containsOnlyKeys(old.job(), fleeting.job())
        .containsValue(Rule.AGE);
  }

  @Test
  void ofTooManyThoseGoThatEndedFirst() {
    RetentionPlan.Rules two = new RetentionPlan.Rules(DAY, 2, 1000, 100, DAY);
    RetentionPlan.Finished first = ended(4, 1);
    RetentionPlan.Finished second = ended(3, 1);

    assertThat(RetentionPlan.outputs(List.of(ended(1, 1), second, ended(2, 1), first), two, NOW))
        .containsExactly(
            java.util.Map.entry(first.job(), Rule.JOBS),
            java.util.Map.entry(second.job(), Rule.JOBS));
  }

  @Test
  void ofTooMuchThoseGoThatEndedFirstUntilItFits() {
    RetentionPlan.Finished first = ended(4, 300);
    RetentionPlan.Finished second = ended(3, 400);
    RetentionPlan.Finished third = ended(2, 500);
    RetentionPlan.Finished gone =
        new RetentionPlan.Finished(
            ended(5, 0).job().without(new OutputRemoval(NOW, Rule.AGE)), 900, NOW);

    assertThat(RetentionPlan.outputs(List.of(third, second, first, gone), WIDE, NOW))
        .containsExactly(java.util.Map.entry(first.job(), Rule.BYTES));
  }

  @Test
  void recordsGoByNumberAndByAge() {
    RetentionPlan.Rules rules = new RetentionPlan.Rules(DAY, 100, 1000, 2, Duration.ofHours(10));
    RetentionPlan.Finished first = ended(4, 1);
    RetentionPlan.Finished old = ended(11, 1);

    assertThat(RetentionPlan.records(List.of(ended(1, 1), first, ended(2, 1)), rules, NOW))
        .containsExactly(first.job());
    assertThat(RetentionPlan.records(List.of(ended(1, 1), old), rules, NOW))
        .containsExactly(old.job());
    assertThat(RetentionPlan.records(List.of(), rules, NOW)).isEmpty();
  }
}
