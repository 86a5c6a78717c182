package io.orrery.scheduler;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.Locale;

/** What the scheduler's meters tell of workers. */
final class WorkerMeters {
  private WorkerMeters() {}

  static void register(Registry workers, MeterRegistry registry) {
    for (Node.State state : Node.State.values()) {
      Gauge.builder("orrery.workers", () -> count(workers, state))
          .description("Workers by state")
          .tag("state", state.name().toLowerCase(Locale.ROOT))
          .register(registry);
    }
    Counter missed =
        Counter.builder("orrery.worker.leases.missed")
            .description("Leases of workers that ended without a heartbeat")
            .register(registry);
    workers.onMissedLease(missed::increment);
  }

  private static long count(Registry workers, Node.State state) {
    return workers.all().stream().filter(node -> node.state() == state).count();
  }
}
