package io.orrery.worker;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.orrery.config.WorkerOptions;
import io.orrery.job.LimitKind;
import io.orrery.v1.WorkerDescription;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.UUID;

/** What this worker says of itself and its host. */
final class HostDescription {
  /** What tells this host from others, machine-id(5), not to be sent as it is; "" without one. */
  static final String HOST_ID = hostId();

  private HostDescription() {}

  private static String hostId() {
    try {
      String machine = Files.readString(Path.of("/etc/machine-id")).strip();
      return UUID.nameUUIDFromBytes(("orrery host " + machine).getBytes(UTF_8)).toString();
    } catch (IOException withoutOne) {
      return "";
    }
  }

  /** The description of a worker that listens on this port. */
  static WorkerDescription of(
      WorkerOptions options, String name, int port, Set<LimitKind> enforceable) {
    int cpus = Runtime.getRuntime().availableProcessors();
    return WorkerDescription.newBuilder()
        .setName(name)
        .setAddress(options.advertised(port).toString())
        .putAllLabels(options.labels())
        .setSlots(slots(options))
        .setVersion(version())
        .setCpus(cpus)
        .setMemoryBytes(memory())
        .addAllEnforcedLimits(enforceable.stream().map(LimitKind::shortName).sorted().toList())
        .build();
  }

  /** How many jobs this worker is good for. */
  static int slots(WorkerOptions options) {
    return options.slots() == 0 ? Runtime.getRuntime().availableProcessors() : options.slots();
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
