package io.orrery.cli;

import com.google.protobuf.util.Durations;
import io.orrery.v1.Job;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** How long a stop may take. */
final class Stopping {
  /** What a server uses where the job says nothing, see StartJobRequest. */
  private static final Duration USUAL_GRACE = Duration.ofSeconds(10);

  /** For KILL to work, and the way. */
  private static final Duration MARGIN = Duration.ofSeconds(30);

  private Stopping() {}

  /**
   * @param grace what the command says; null is the job's own
   */
  static Duration deadline(Job job, @Nullable Duration grace) {
    if (grace != null) {
      return grace.plus(MARGIN);
    }
    return job.getSpec().hasStopGrace()
        ? Duration.ofMillis(Durations.toMillis(job.getSpec().getStopGrace())).plus(MARGIN)
        : USUAL_GRACE.plus(MARGIN);
  }
}
