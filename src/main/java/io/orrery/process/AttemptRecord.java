package io.orrery.process;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What {@code attempt.json} in a job directory says: which process an attempt has.
 *
 * @param bootId the boot of the host that the process belongs to; "" where it is not known
 * @param startTicks the process's start in clock ticks since boot, which with the pid names one
 *     process; 0 where it is not known
 * @param cgroups the cgroups of the job, each as {@code hierarchy=directory}
 */
public record AttemptRecord(
    int attempt, String bootId, Started started, long startTicks, List<String> cgroups) {
  private static final String FILE = "attempt.json";

  /** That of a child of this process. */
  static AttemptRecord of(JobTerms terms, Child child) {
    return new AttemptRecord(
        terms.attempt(),
        BootId.CURRENT,
        child.started(),
        child.startTicks(),
        child.group().record());
  }

  public AttemptRecord {
    cgroups = List.copyOf(cgroups);
  }

  static Path file(Path directory) {
    return directory.resolve(FILE);
  }

  /**
   * The record in a job directory; empty if there is none.
   *
   * @throws IOException if the file cannot be read, or is not such a record; the message names it
   */
  public static Optional<AttemptRecord> read(Path directory) throws IOException {
    Path file = file(directory);
    try {
      return Optional.of(parse(Files.readString(file)));
    } catch (NoSuchFileException e) {
      return Optional.empty();
    } catch (IOException | DateTimeException | IllegalArgumentException | ArithmeticException e) {
      throw new IOException(file + " is not an attempt record: " + e.getMessage(), e);
    }
  }

  void write(Path directory) throws IOException {
    Map<String, Object> fields = new LinkedHashMap<>();
    fields.put("attempt", attempt);
    fields.put("boot_id", bootId);
    fields.put("pid", started.pid());
    fields.put("start_time", started.startTime().toString());
    fields.put("start_ticks", startTicks);
    fields.put("cgroups", cgroups);
    AtomicFile.replace(file(directory), FlatJson.write(fields));
  }

  private static AttemptRecord parse(String json) throws IOException {
    Fields fields = new Fields(FlatJson.read(json));
    return new AttemptRecord(
        fields.integer("attempt"),
        fields.text("boot_id"),
        new Started(fields.integer("pid"), Instant.parse(fields.text("start_time"))),
        fields.has("start_ticks") ? fields.number("start_ticks") : 0,
        fields.has("cgroups") ? fields.texts("cgroups") : List.of());
  }

  /** Whether the host has been rebooted since, so that the pid means nobody any more. */
  public boolean isOfAnotherBoot() {
    return BootId.isOfAnotherBoot(bootId);
  }
}
