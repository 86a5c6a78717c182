package io.orrery.process;

import io.orrery.job.ResourceUse;
import io.orrery.job.ResourceUse.Pressure;
import io.orrery.process.Exit.Cause;
import io.orrery.process.Exit.Ending;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What {@code exit.json} in a job directory says: which attempt it was, and how it ended. */
public record ExitRecord(String jobId, int attempt, Started started, Exit exit) {
  private static final String FILE = "exit.json";

  /**
   * The record in a job directory; empty if there is none, as the job has not ended or its runner
   * died before it did.
   *
   * @throws IOException if the file cannot be read, or is not such a record; the message names it
   */
  public static Optional<ExitRecord> read(Path directory) throws IOException {
    Path file = file(directory);
    try {
      return Optional.of(parse(Files.readString(file)));
    } catch (NoSuchFileException e) {
      return Optional.empty();
    } catch (IOException | DateTimeException | IllegalArgumentException | ArithmeticException e) {
      throw new IOException(file + " is not an exit record: " + e.getMessage(), e);
    }
  }

  /** Where the record of a job directory is. */
  static Path file(Path directory) {
    return directory.resolve(FILE);
  }

  /** Replaces the record in the directory, so that a reader sees all of it or the former one. */
  void write(Path directory) throws IOException {
    AtomicFile.replace(file(directory), json());
  }

  /** Blocks until the record in the directory is proof against a power cut. */
  static void sync(Path directory) throws IOException {
    AtomicFile.sync(file(directory));
  }

  String json() {
    Map<String, Object> fields = new LinkedHashMap<>();
    fields.put("job_id", jobId);
    fields.put("attempt", attempt);
    fields.put("pid", started.pid());
    switch (exit.cause()) {
      case Cause.Status status -> put(fields, status);
      case Cause.OutOfMemory(Cause.Status status) -> {
        fields.put("out_of_memory", true);
        if (status != null) {
          put(fields, status);
        }
      }
      case Cause.Unobserved() -> fields.put("unobserved", true);
    }
    fields.put("start_time", started.startTime().toString());
    fields.put("end_time", exit.endTime().toString());
    put(fields, exit.used());
    fields.put("ending", exit.ending().name());
    fields.put("survivors", exit.survivors());
    if (!exit.lost().isEmpty()) {
      fields.put("output_lost", exit.lost());
    }
    return FlatJson.write(fields);
  }

  /** Fields that are not known here are those of a later version, and skipped. */
  static ExitRecord parse(String json) throws IOException {
    Fields fields = new Fields(FlatJson.read(json));
    Cause cause = cause(fields);
    Exit exit =
        new Exit(
            cause,
            Instant.parse(fields.text("end_time")),
            used(fields),
            Ending.valueOf(fields.text("ending")),
            fields.integers("survivors"),
            fields.has("output_lost") ? fields.text("output_lost") : "");
    Started started = new Started(fields.integer("pid"), Instant.parse(fields.text("start_time")));
    return new ExitRecord(fields.text("job_id"), fields.integer("attempt"), started, exit);
  }

  private static Cause cause(Fields fields) throws IOException {
    if (fields.has("unobserved")) {
      return new Cause.Unobserved();
    }
    if (fields.has("out_of_memory")) {
      boolean told = fields.has("exit_code") || fields.has("signal");
      return new Cause.OutOfMemory(told ? status(fields) : null);
    }
    return status(fields);
  }

  private static Cause.Status status(Fields fields) throws IOException {
    return fields.has("exit_code")
        ? new Cause.Exited(fields.integer("exit_code"))
        : new Cause.Signalled(fields.integer("signal"), fields.get("core_dumped", Boolean.class));
  }

  private static void put(Map<String, Object> fields, Cause.Status status) {
    switch (status) {
      case Cause.Exited(int code) -> fields.put("exit_code", code);
      case Cause.Signalled(int signal, boolean coreDumped) -> {
        fields.put("signal", signal);
        fields.put("core_dumped", coreDumped);
      }
    }
  }

  private static void put(Map<String, Object> fields, ResourceUse used) {
    fields.put("user_micros", micros(used.userTime()));
    fields.put("system_micros", micros(used.systemTime()));
    fields.put("peak_memory_bytes", used.peakMemoryBytes());
    Pressure pressure = used.pressure();
    if (pressure != null) {
      fields.put("cpu_pressure_micros", micros(pressure.cpu()));
      fields.put("memory_pressure_micros", micros(pressure.memory()));
      fields.put("io_pressure_micros", micros(pressure.io()));
    }
  }

  private static ResourceUse used(Fields fields) throws IOException {
    @Nullable Pressure pressure =
        fields.has("cpu_pressure_micros")
            ? new Pressure(
                time(fields, "cpu_pressure_micros"),
                time(fields, "memory_pressure_micros"),
                time(fields, "io_pressure_micros"))
            : null;
    return new ResourceUse(
        time(fields, "user_micros"),
        time(fields, "system_micros"),
        fields.number("peak_memory_bytes"),
        pressure);
  }

  private static Duration time(Fields fields, String name) throws IOException {
    return Duration.of(fields.number(name), ChronoUnit.MICROS);
  }

  private static long micros(Duration time) {
    return time.toNanos() / 1000;
  }
}
