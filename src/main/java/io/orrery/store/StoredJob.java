package io.orrery.store;

import io.orrery.job.JobFilter;
import io.orrery.job.JobId;
import io.orrery.job.JobPosition;
import io.orrery.job.JobState;
import io.vertx.core.buffer.Buffer;
import java.time.Instant;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A job as it is kept: what can be asked for by itself, and the rest, which is opaque here.
 *
 * <p>Times are kept to the nanosecond, within the years 1678 to 2261.
 *
 * @param sequence 0 or more; the order of submission
 * @param workerId "" while there is none
 * @param endTime when it ended; there exactly for terminal states
 */
public record StoredJob(
    JobId id,
    long sequence,
    String owner,
    JobState.Name state,
    String workerId,
    int priority,
    Instant createTime,
    @Nullable Instant endTime,
    Map<String, String> labels,
    Buffer body) {

  public StoredJob {
    labels = Map.copyOf(labels);
    if (state.isTerminal() != (endTime != null)) {
      throw new IllegalArgumentException(
          "a job that is " + state + (endTime == null ? " needs an end time" : " has not ended"));
    }
    if (sequence < 0) {
      throw new IllegalArgumentException("a sequence is not negative: " + sequence);
    }
  }

  /** Its place in a list. */
  public JobPosition position() {
    return new JobPosition(createTime, id);
  }

  /** Whether the filter lets it through, as {@link JobFilter#accepts} does for the whole job. */
  boolean matches(JobFilter filter) {
    Instant after = filter.createdAfter();
    Instant before = filter.createdBefore();
    return (filter.states().isEmpty() || filter.states().contains(state))
        && (filter.workerId().isEmpty() || filter.workerId().equals(workerId))
        && (filter.owner().isEmpty() || filter.owner().equals(owner))
        && labels.entrySet().containsAll(filter.labels().entrySet())
        && (after == null || !createTime.isBefore(after))
        && (before == null || createTime.isBefore(before))
        && id.value().startsWith(filter.idPrefix());
  }
}
