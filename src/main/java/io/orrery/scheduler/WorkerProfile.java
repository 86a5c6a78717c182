package io.orrery.scheduler;

import io.orrery.config.HostPort;
import java.util.List;
import java.util.Map;

/**
 * What a worker says of itself: where it is reached, what it is called and labelled, and what it
 * can do.
 */
record WorkerProfile(
    String name, HostPort address, Map<String, String> labels, Capacity capacity, String version) {

  /**
   * How much a worker can do: jobs at one time, processors, bytes of memory, limits it enforces.
   */
  record Capacity(int slots, int cpus, long memoryBytes, List<String> enforcedLimits) {
    Capacity {
      enforcedLimits = List.copyOf(enforcedLimits);
    }
  }

  WorkerProfile {
    labels = Map.copyOf(labels);
  }
}
