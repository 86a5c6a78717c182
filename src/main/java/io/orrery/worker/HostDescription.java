package io.orrery.worker;

import io.orrery.config.WorkerOptions;
import io.orrery.job.LimitKind;
import io.orrery.v1.WorkerDescription;
import java.lang.management.ManagementFactory;
import java.util.Set;

/** What this worker says of itself and its host. */
final class HostDescription {
  private HostDescription() {}

  /** The description of a worker that listens on this port. */
  static WorkerDescription of(
      WorkerOptions options, String name, int port, Set<LimitKind> enforceable) {
    int cpus = Runtime.getRuntime().availableProcessors();
    return WorkerDescription.newBuilder()
        .setName(name)
        .setAddress(options.advertised(port).toString())
        .putAllLabels(options.labels())
        .setSlots(options.slots() == 0 ? cpus : options.slots())
        .setVersion(version())
        .setCpus(cpus)
        .setMemoryBytes(memory())
        .addAllEnforcedLimits(enforceable.stream().map(LimitKind::shortName).sorted().toList())
        .build();
  }

  /** The version of this program. */
  static String version() {
    String version = HostDescription.class.getPackage().getImplementationVersion();
    return version == null ? "unknown" : version;
  }

  private static long memory() {
    return ManagementFactory.getOperatingSystemMXBean()
            instanceof com.sun.management.OperatingSystemMXBean system
        ? system.getTotalMemorySize()
        : 0;
  }
}
