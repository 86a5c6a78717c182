package io.orrery.rpc;

import io.orrery.v1.Limits;

/** What limits may be at all; whether they can be enforced is for the worker to say. */
final class LimitRules {
  private static final double MAX_CPUS = 100_000;

  private LimitRules() {}

  static void check(Limits limits, Violations violations) {
    notNegative("memory_bytes", limits.getMemoryBytes(), violations);
    violations.range("limits.cpus", limits.getCpus(), 0, MAX_CPUS);
    notNegative("pids", limits.getPids(), violations);
    notNegative("io_read_bytes_per_second", limits.getIoReadBytesPerSecond(), violations);
    notNegative("io_write_bytes_per_second", limits.getIoWriteBytesPerSecond(), violations);
    notNegative("io_read_operations_per_second", limits.getIoReadOperationsPerSecond(), violations);
    notNegative(
        "io_write_operations_per_second", limits.getIoWriteOperationsPerSecond(), violations);
    notNegative("open_files", limits.getOpenFiles(), violations);
    notNegative("file_size_bytes", limits.getFileSizeBytes(), violations);
    violations.range("limits.nice", limits.getNice(), -20, 19); // nice(1)
  }

  private static void notNegative(String field, long value, Violations violations) {
    violations.require(value >= 0, "limits." + field, "must not be negative, and is " + value);
  }
}
