package io.orrery.worker;

import static org.assertj.core.api.Assertions.assertThat;

import io.orrery.job.JobState;
import io.orrery.job.ResourceUse;
import io.orrery.process.Exit;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

final class JobEndsTest {
  private static final Instant START = Instant.parse("2026-11-30T12:00:00Z");

  private static Instant endTime(Instant seen) {
    Exit exit =
        new Exit(
            new Exit.Cause.Exited(0), seen, ResourceUse.UNKNOWN, Exit.Ending.BY_ITSELF, List.of());
    return JobEnds.of(new JobState.ProcessStart(7, START), exit).completion().endTime();
  }

  @Test
  void noJobEndsBeforeItsStartAlsoWhenTheClockIsSetBack() {
    assertThat(endTime(START.plusSeconds(5))).isEqualTo(START.plusSeconds(5));
    assertThat(endTime(START.minusSeconds(3600))).isEqualTo(START);
    JobState.ProcessStart process = new JobState.ProcessStart(7, START);
    assertThat(JobEnds.lost(process, "", START.minusSeconds(3600)).completion().endTime())
        .isEqualTo(START);
    assertThat(JobEnds.lost(null, "", START).completion().endTime()).isEqualTo(START);
  }
}
