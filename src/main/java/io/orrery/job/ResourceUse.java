package io.orrery.job;

import java.time.Duration;
import java.time.temporal.ChronoUnit;
import org.jspecify.annotations.Nullable;

/**
 * What a job has used.
 *
 * @param userTime CPU time in user mode, of the whole tree where that is counted, else of the main
 *     process and what it waited for
 * @param peakMemoryBytes the most memory in use at one time; 0 where it is not known
 * @param pressure null where the host does not tell
 */
public record ResourceUse(
    Duration userTime, Duration systemTime, long peakMemoryBytes, @Nullable Pressure pressure) {
  public static final ResourceUse UNKNOWN = new ResourceUse(Duration.ZERO, Duration.ZERO, 0, null);

  public ResourceUse {
    // As the record of an exit has them, so that they read the same after a restart.
    userTime = userTime.truncatedTo(ChronoUnit.MICROS);
    systemTime = systemTime.truncatedTo(ChronoUnit.MICROS);
  }

  /** How long some process of the job had to wait, for each resource (PSI, "some"). */
  public record Pressure(Duration cpu, Duration memory, Duration io) {}
}
