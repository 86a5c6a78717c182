package io.orrery.worker;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.orrery.job.JobState;
import io.orrery.metrics.Buckets;
import java.util.Locale;

/** What a worker's meters tell of its jobs and of its scheduler. */
final class WorkerMeters {
  private WorkerMeters() {}

  /** Of jobs; {@code slots} is how many this worker is good for. */
  static void register(JobTable jobs, Fitness fitness, int slots, MeterRegistry registry) {
    for (JobState.Name state : JobState.Name.values()) {
      if (state != JobState.Name.QUEUED) {
        Gauge.builder("orrery.worker.jobs", () -> jobs.count(state))
            .description("Jobs that this worker knows, by state")
            .tag("state", state.name().toLowerCase(Locale.ROOT))
            .register(registry);
      }
    }
    Gauge.builder("orrery.worker.slots", () -> slots)
        .description("How many jobs this worker is good for")
        .register(registry);
    Gauge.builder("orrery.worker.takes.jobs", () -> fitness.reason().isEmpty() ? 1 : 0)
        .description("1 while this worker takes new jobs")
        .register(registry);
  }

  /** Of the scheduler. */
  static void register(SchedulerLink link, MeterRegistry registry) {
    Gauge.builder("orrery.worker.registered", () -> link.isBelievedIn() ? 1 : 0)
        .description("1 while the scheduler has answered within the lease")
        .register(registry);
  }

  static Timer spawns(MeterRegistry registry) {
    return Buckets.times(
            "orrery.worker.spawn", "From the order to start a job until its process was there")
        .register(registry);
  }
}
