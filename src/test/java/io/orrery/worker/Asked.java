package io.orrery.worker;

import io.orrery.job.Job;
import io.orrery.job.JobCommand;
import io.orrery.job.JobId;
import io.orrery.job.JobInput;
import io.orrery.job.JobSpec;
import io.orrery.job.JobState;
import io.orrery.job.Limits;
import io.orrery.job.OutputPolicy;
import io.orrery.job.Placement;
import java.time.Instant;
import java.util.List;
import java.util.Map;

/** Jobs as they are asked for. */
final class Asked {
  private Asked() {}

  /** A new job that has not been started. */
  static Job job(String command) {
    return new Job(
        JobId.random(),
        spec(command),
        "spiffe://orrery/admin/admin",
        new Job.Site("", "w1", 1),
        Instant.parse("2026-01-01T00:00:00Z"),
        new JobState.Starting(),
        Job.StreamBytes.NONE);
  }

  static JobSpec spec(String command) {
    return new JobSpec(
        new JobCommand(command, "", List.of(), Map.of(), ""),
        JobInput.NONE,
        null,
        null,
        Limits.NONE,
        Map.of(),
        "",
        false,
        OutputPolicy.DEFAULT,
        null,
        Placement.ANY);
  }
}
