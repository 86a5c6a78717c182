package io.orrery.worker;

import io.orrery.job.Job;
import io.orrery.job.JobFilter;
import io.orrery.job.JobId;
import io.orrery.job.JobLookup;
import io.orrery.job.JobMap;
import io.orrery.job.JobPage;
import io.orrery.job.JobPosition;
import io.orrery.job.JobState;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** The jobs that this worker knows, by id and by age; it belongs to the worker's one context. */
final class JobTable {
  private final JobMap<Job> byId = new JobMap<>(Job::id);
  private final NavigableMap<JobPosition, JobId> byAge = new TreeMap<>();
  private final Map<JobState.Name, Integer> counts = new EnumMap<>(JobState.Name.class);
  private int running;

  @Nullable Job get(JobId id) {
    return byId.get(id);
  }

  Optional<Job> lookUp(JobId id) {
    return Optional.ofNullable(get(id));
  }

  /** Adds a job, or puts its new state in the place of the old one. */
  void put(Job job) {
    Job before = byId.put(job);
    byAge.put(JobPosition.of(job), job.id());
    running += weight(job) - weight(before);
    count(job, 1);
    count(before, -1);
  }

  /** Forgets a job that was not accepted. */
  void remove(Job job) {
    Job before = byId.remove(job.id());
    byAge.remove(JobPosition.of(job));
    running -= weight(before);
    count(before, -1);
  }

  private static int weight(@Nullable Job job) {
    return job == null || job.state().isTerminal() ? 0 : 1;
  }

  private void count(@Nullable Job job, int more) {
    if (job != null) {
      counts.merge(job.state().name(), more, Integer::sum);
    }
  }

  /** How many jobs are in the state. */
  int count(JobState.Name state) {
    return counts.getOrDefault(state, 0);
  }

  /** How many jobs have not ended. */
  int running() {
    return running;
  }

  /** The jobs that run and the youngest of the others, so many at the most. */
  Collection<Job> newest(int most) {
    return byAge.values().stream()
        .flatMap(id -> lookUp(id).stream())
        .sorted(Comparator.comparing((Job job) -> job.state().isTerminal()))
        .limit(most)
        .toList();
  }

  /**
   * The one job that has this id, or whose id starts so, among those that the caller may see.
   *
   * @throws io.orrery.job.ApiException as {@link JobLookup#unique} does
   */
  Job find(String idOrPrefix, Predicate<Job> visible) {
    return JobLookup.unique(byId, idOrPrefix, visible);
  }

  /** The jobs that pass, the newest first, from the page token on. */
  JobPage list(JobFilter filter, Predicate<Job> visible, int pageSize, String pageToken) {
    int size = JobPage.size(pageSize);
    NavigableMap<JobPosition, JobId> rest =
        pageToken.isEmpty() ? byAge : byAge.tailMap(JobPosition.parse(pageToken), false);
    List<Job> found = new ArrayList<>();
    for (JobId id : rest.values()) {
      Job job = byId.get(id);
      if (job != null && visible.test(job) && filter.accepts(job)) {
        found.add(job);
        if (found.size() > size) {
          break;
        }
      }
    }
    return JobPage.of(found, size);
  }
}
