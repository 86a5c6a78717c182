package io.orrery.job;

import java.time.Duration;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What a job is: all that was asked, as it was asked. A null is 'not asked'. */
public record JobSpec(
    JobCommand command,
    JobInput input,
    @Nullable Duration timeout,
    @Nullable Duration stopGrace,
    Limits limits,
    Map<String, String> labels,
    String runAs,
    boolean mergeStderr,
    OutputPolicy output,
    @Nullable TerminalRequest terminal,
    Placement placement) {

  /** The time between the first signal of a stop and KILL where the spec does not say. */
  public static final Duration DEFAULT_STOP_GRACE = Duration.ofSeconds(10);

  public JobSpec {
    labels = Map.copyOf(labels);
  }

  /** The time between the first signal of a stop and KILL. */
  public Duration effectiveStopGrace() {
    return stopGrace == null ? DEFAULT_STOP_GRACE : stopGrace;
  }
}
