package io.orrery.process;

import io.orrery.job.LimitKind;
import io.orrery.job.Limits;
import java.io.IOException;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** What jobs are held to, as fields of messages; what is not asked for is left out. */
final class LimitMessages {
  private LimitMessages() {}

  static void put(Map<String, Object> fields, Confinement confinement) {
    Limits limits = confinement.limits();
    put(fields, "memory_bytes", limits.memoryBytes());
    if (limits.cpus() != 0) {
      fields.put("cpus", Double.toString(limits.cpus()));
    }
    put(fields, "pids", limits.pids());
    put(fields, "io_read_bytes", limits.io().readBytesPerSecond());
    put(fields, "io_write_bytes", limits.io().writeBytesPerSecond());
    put(fields, "io_read_operations", limits.io().readOperationsPerSecond());
    put(fields, "io_write_operations", limits.io().writeOperationsPerSecond());
    put(fields, "open_files", limits.openFiles());
    put(fields, "file_size_bytes", limits.fileSizeBytes());
    put(fields, "nice", limits.nice());
    if (limits.noNewPrivileges()) {
      fields.put("no_new_privileges", true);
    }
    if (!confinement.user().isEmpty()) {
      fields.put("user", confinement.user());
    }
  }

  private static void put(Map<String, Object> fields, String name, long value) {
    if (value != 0) {
      fields.put(name, value);
    }
  }

  static Confinement confinement(Fields fields) throws IOException {
    return new Confinement(
        new Limits(
            number(fields, "memory_bytes"),
            fields.has("cpus") ? Double.parseDouble(fields.text("cpus")) : 0,
            number(fields, "pids"),
            new Limits.InputOutput(
                number(fields, "io_read_bytes"),
                number(fields, "io_write_bytes"),
                number(fields, "io_read_operations"),
                number(fields, "io_write_operations")),
            number(fields, "open_files"),
            number(fields, "file_size_bytes"),
            Math.toIntExact(number(fields, "nice")),
            fields.has("no_new_privileges")),
        fields.has("user") ? fields.text("user") : "");
  }

  private static long number(Fields fields, String name) throws IOException {
    return fields.has(name) ? fields.number(name) : 0;
  }

  static List<String> texts(Set<LimitKind> kinds) {
    return kinds.stream().map(Enum::name).toList();
  }

  /** Kinds that are not known here are those of another version. */
  static Set<LimitKind> kinds(List<String> names) {
    Set<LimitKind> kinds = EnumSet.noneOf(LimitKind.class);
    for (String name : names) {
      Optional<LimitKind> kind =
          EnumSet.allOf(LimitKind.class).stream()
              .filter(each -> each.name().equals(name))
              .findAny();
      kind.ifPresent(kinds::add);
    }
    return kinds;
  }
}
