package io.orrery.scheduler;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.orrery.job.JobState;
import io.orrery.metrics.Buckets;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.IntSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Counts the jobs from change to change, so that nothing looks at all of them when the meters are
 * read. It belongs to the scheduler's one context.
 */
final class JobMeters implements JobIndex.Listener {
  private final InstantSource clock;
  private final JobIndex.Listener next;
  private final Map<JobState.Name, int[]> counts = new EnumMap<>(JobState.Name.class);
  private final Map<JobState.Name, Counter> ends = new EnumMap<>(JobState.Name.class);
  private final Timer starts;

  /** Passes each change on to the next after it was counted. */
  JobMeters(InstantSource clock, JobIndex.Listener next, MeterRegistry registry) {
    this.clock = clock;
    this.next = next;
    for (JobState.Name state : JobState.Name.values()) {
      int[] count = new int[1];
      counts.put(state, count);
      String label = state.name().toLowerCase(Locale.ROOT);
      Gauge.builder("orrery.jobs", () -> count[0])
          .description("Jobs that this scheduler has in mind, by the last state known of them")
          .tag("state", label)
          .register(registry);
      if (state.isTerminal()) {
        Counter counter =
            Counter.builder("orrery.jobs.ended")
                .description("Jobs that have ended since the scheduler was started")
                .tag("state", label)
                .register(registry);
        ends.put(state, counter);
      }
    }
    starts =
        Buckets.times("orrery.job.start", "From the acceptance of a job until it ran")
            .register(registry);
  }

  /** How many jobs wait for a worker, and since when, as the queue itself has it. */
  static void register(
      IntSupplier waiting,
      Supplier<Optional<Instant>> oldest,
      InstantSource clock,
      MeterRegistry registry) {
    Gauge.builder("orrery.queue.jobs", waiting::getAsInt)
        .description("Jobs that wait for a worker")
        .register(registry);
    Gauge.builder(
            "orrery.queue.oldest",
            () -> oldest.get().map(since -> Math.max(0, seconds(since, clock))).orElse(0.0))
        .description("For how long the oldest job without a worker has been accepted")
        .baseUnit("seconds")
        .register(registry);
  }

  /** What the store is still to be told. */
  static void register(JobRecords records, MeterRegistry registry) {
    Gauge.builder("orrery.store.unsaved", records::unsaved)
        .description("States of jobs that the store has not taken yet")
        .register(registry);
  }

  private static double seconds(Instant since, InstantSource clock) {
    return Duration.between(since, clock.instant()).toNanos() / 1e9;
  }

  @Override
  public void changed(JobIndex.@Nullable Entry before, JobIndex.@Nullable Entry after) {
    count(before, -1);
    count(after, 1);
    if (before != null && after != null && !before.state().isTerminal()) {
      if (hasStarted(before.state(), after)) {
        starts.record(Duration.between(after.report().createTime(), clock.instant()));
      }
      Counter ended = ends.get(after.state());
      if (ended != null) {
        ended.increment();
      }
    }
    next.changed(before, after);
  }

  private void count(JobIndex.@Nullable Entry entry, int more) {
    if (entry != null) {
      counts.getOrDefault(entry.state(), new int[1])[0] += more;
    }
  }

  /** Only its first run: a later one begins when the one before is lost. */
  private static boolean hasStarted(JobState.Name before, JobIndex.Entry after) {
    return before.compareTo(JobState.Name.RUNNING) < 0
        && after.attempt() == 1
        && (after.state() == JobState.Name.RUNNING || after.state() == JobState.Name.SUCCEEDED);
  }
}
