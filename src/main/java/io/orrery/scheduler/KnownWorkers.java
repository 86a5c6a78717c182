package io.orrery.scheduler;

import io.orrery.config.HostPort;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The workers that have registered and not left, in the file {@code workers.json}, so that a
 * scheduler knows after a restart whom to wait for. It belongs to the scheduler's one context.
 */
final class KnownWorkers {
  private static final Logger LOG = LoggerFactory.getLogger(KnownWorkers.class);

  private final Path file;
  private final List<WorkerProfile> before;
  private final Map<String, WorkerProfile> profiles = new HashMap<>();
  private final SnapshotFile<Map<String, WorkerProfile>> snapshot;

  /** Whether the file has all of them as they are. */
  private boolean written = true;

  /** Reads the file; blocks for it. */
  KnownWorkers(Vertx vertx, Path directory) {
    this.file = directory.resolve("workers.json");
    this.before = read();
    this.snapshot = new SnapshotFile<>(vertx, file, KnownWorkers::text, () -> Map.copyOf(profiles));
    before.forEach(profile -> profiles.put(profile.name(), profile));
  }

  /**
   * The workers that the file had; none when there was no file, or none that can be read, which is
   * logged.
   */
  List<WorkerProfile> before() {
    return before;
  }

  private List<WorkerProfile> read() {
    try {
      return new JsonArray(Files.readString(file))
          .stream().map(worker -> profile((JsonObject) worker)).toList();
    } catch (IOException | RuntimeException failure) {
      if (Files.exists(file)) {
        LOG.warn(
            "{} cannot be read; the workers in it are not waited for: {}",
            file,
            failure.toString());
      }
      return List.of();
    }
  }

  /**
   * Completes when the file has the worker as it is, or has it not where it has left, or cannot be
   * written, which is logged: jobs run without it.
   */
  Future<Void> remember(Node node) {
    return node.state() == Node.State.OFFLINE
        ? forget(node.name())
        : change(node.name(), node.profile());
  }

  /** The same of a worker that is to be known no more. */
  Future<Void> forget(String name) {
    return change(name, null);
  }

  private Future<Void> change(String name, @Nullable WorkerProfile now) {
    if (Objects.equals(profiles.get(name), now) && written) {
      return Future.succeededFuture();
    }
    if (now == null) {
      profiles.remove(name);
    } else {
      profiles.put(name, now);
    }
    written = false;
    return snapshot
        .write(() -> Map.copyOf(profiles))
        .onSuccess(_ -> written = true)
        .onFailure(failure -> LOG.warn("{} cannot be written: {}", file, failure.toString()))
        .otherwiseEmpty();
  }

  private static String text(Map<String, WorkerProfile> profiles) {
    return new JsonArray(
            profiles.values().stream()
                .sorted(Comparator.comparing(WorkerProfile::name))
                .map(KnownWorkers::json)
                .toList())
        .encodePrettily();
  }

  private static JsonObject json(WorkerProfile profile) {
    WorkerProfile.Capacity capacity = profile.capacity();
    return new JsonObject()
        .put("name", profile.name())
        .put("address", profile.address().toString())
        .put("labels", new JsonObject(Map.copyOf(profile.labels())))
        .put("slots", capacity.slots())
        .put("cpus", capacity.cpus())
        .put("memory_bytes", capacity.memoryBytes())
        .put("enforced_limits", new JsonArray(capacity.enforcedLimits()))
        .put("version", profile.version());
  }

  private static WorkerProfile profile(JsonObject json) {
    return new WorkerProfile(
        json.getString("name"),
        HostPort.parse(json.getString("address")),
        json.getJsonObject("labels").stream()
            .collect(Collectors.toMap(Map.Entry::getKey, label -> (String) label.getValue())),
        new WorkerProfile.Capacity(
            json.getInteger("slots"),
            json.getInteger("cpus"),
            json.getLong("memory_bytes"),
            json.getJsonArray("enforced_limits").stream().map(String.class::cast).toList()),
        json.getString("version"));
  }
}
