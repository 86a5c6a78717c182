package io.orrery.job;

import java.time.Instant;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Which jobs a list shows; what is empty or null does not filter. */
public record JobFilter(
    Set<JobState.Name> states,
    String workerId,
    String owner,
    Map<String, String> labels,
    @Nullable Instant createdAfter,
    @Nullable Instant createdBefore,
    String idPrefix) {

  public JobFilter {
    states = Set.copyOf(states);
    labels = Map.copyOf(labels);
  }

  /**
   * Whether the job is one of them; {@code createdAfter} is inclusive, {@code createdBefore} is
   * not.
   */
  public boolean accepts(Job job) {
    return (states.isEmpty() || states.contains(job.state().name()))
        && (workerId.isEmpty() || workerId.equals(job.site().workerId()))
        && (owner.isEmpty() || owner.equals(job.owner()))
        && job.spec().labels().entrySet().containsAll(labels.entrySet())
        && (createdAfter == null || !job.createTime().isBefore(createdAfter))
        && (createdBefore == null || job.createTime().isBefore(createdBefore))
        && job.id().value().startsWith(idPrefix);
  }
}
