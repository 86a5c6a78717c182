package io.orrery.scheduler;

import io.orrery.job.ApiException;
import io.orrery.job.Reason;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Which workers operators drain, by name, in the file {@code drains.json}: a drain outlives
 * restarts of the scheduler and of the worker, also of one that left. Deadlines run on the
 * monotonic clock; over a restart of the scheduler, by the wall clock. It belongs to the
 * scheduler's one context.
 */
final class Drains {
  private final LongSupplier nanoTime;
  private final Path file;
  private final SnapshotFile<Map<String, Drain>> snapshot;
  private final Map<String, Long> deadlines = new HashMap<>();
  private Map<String, Drain> drains;

  /**
   * Reads the file; blocks for it.
   *
   * @throws IllegalStateException when it is there and cannot be read: a worker that is drained is
   *     not to be given jobs because of that
   */
  Drains(Vertx vertx, Path directory, LongSupplier nanoTime, Instant now) {
    this.nanoTime = nanoTime;
    this.file = directory.resolve("drains.json");
    this.drains = read();
    this.snapshot = new SnapshotFile<>(vertx, file, Drains::text, () -> drains);
    drains.forEach(
        (name, drain) -> {
          if (drain.deadline() != null) {
            startDeadline(name, Duration.between(now, drain.deadline()));
          }
        });
  }

  private Map<String, Drain> read() {
    Map<String, Drain> found = new TreeMap<>();
    if (Files.exists(file)) {
      try {
        JsonObject json = new JsonObject(Files.readString(file));
        json.fieldNames().forEach(name -> found.put(name, drain(json.getJsonObject(name))));
      } catch (IOException | RuntimeException failure) {
        throw new IllegalStateException(
            file + " cannot be read, which says which workers are drained; repair or remove it",
            failure);
      }
    }
    return found;
  }

  private static Drain drain(JsonObject json) {
    String deadline = json.getString("deadline");
    return new Drain(
        json.getString("reason"),
        json.getString("actor"),
        Instant.parse(json.getString("since")),
        deadline == null ? null : Instant.parse(deadline));
  }

  private static String text(Map<String, Drain> drains) {
    JsonObject json = new JsonObject();
    drains.forEach(
        (name, drain) -> {
          JsonObject one =
              new JsonObject()
                  .put("reason", drain.reason())
                  .put("actor", drain.actor())
                  .put("since", drain.since().toString());
          if (drain.deadline() != null) {
            one.put("deadline", drain.deadline().toString());
          }
          json.put(name, one);
        });
    return json.encodePrettily();
  }

  /** All of them. */
  Map<String, Drain> all() {
    return Map.copyOf(drains);
  }

  /**
   * Drains a worker, or ends that with null; fails with {@link Reason#STORAGE_FAILED}, and nothing
   * is changed.
   *
   * @param deadline the time until its jobs are stopped; null is never
   */
  Future<Void> set(String name, @Nullable Drain drain, @Nullable Duration deadline) {
    Drain before = drains.get(name);
    Map<String, Drain> next = new TreeMap<>(drains);
    if (drain == null) {
      next.remove(name);
    } else {
      next.put(name, drain);
    }
    drains = next;
    return snapshot
        .write(() -> drains)
        .onSuccess(
            _ -> {
              deadlines.remove(name);
              if (deadline != null) {
                startDeadline(name, deadline);
              }
            })
        .recover(
            failure -> {
              undo(name, drain, before);
              return Future.failedFuture(
                  new ApiException(
                      Reason.STORAGE_FAILED,
                      "the scheduler cannot write "
                          + file.getFileName()
                          + ", so that a drain would not outlive a restart: "
                          + failure.getClass().getSimpleName(),
                      Map.of("file", file.getFileName().toString())));
            });
  }

  /** Others may have been drained meanwhile. */
  private void undo(String name, @Nullable Drain failed, @Nullable Drain before) {
    if (Objects.equals(drains.get(name), failed)) {
      Map<String, Drain> next = new TreeMap<>(drains);
      if (before == null) {
        next.remove(name);
      } else {
        next.put(name, before);
      }
      drains = next;
    }
  }

  private void startDeadline(String name, Duration left) {
    deadlines.put(name, nanoTime.getAsLong() + left.toNanos());
  }

  /** Whether the jobs that still run on the worker are to be stopped. */
  boolean isOverdue(String name) {
    Long deadline = deadlines.get(name);
    return deadline != null && drains.containsKey(name) && nanoTime.getAsLong() - deadline >= 0;
  }
}
