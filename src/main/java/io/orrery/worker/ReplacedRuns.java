package io.orrery.worker;

import io.orrery.job.Job;
import io.orrery.job.JobId;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;

/**
 * Tells those who look at a run of a job that another takes its place here, before anything of the
 * other is there. For the worker's one context.
 */
final class ReplacedRuns {
  private final Map<JobId, Set<Consumer<Job>>> listeners = new HashMap<>();

  /** Has the listener called with the next run; the answer has it called no more. */
  Runnable watch(JobId id, Consumer<Job> listener) {
    listeners.computeIfAbsent(id, _ -> new LinkedHashSet<>()).add(listener);
    return () ->
        listeners.computeIfPresent(
            id,
            (_, all) -> {
              all.remove(listener);
              return all.isEmpty() ? null : all;
            });
  }

  void tell(Job next) {
    List.copyOf(listeners.getOrDefault(next.id(), Set.of())).forEach(each -> each.accept(next));
  }
}
