package io.orrery.scheduler;

import io.orrery.config.HostPort;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The workers that have registered and not left, in the file {@code workers.json}, so that a
 * scheduler knows after a restart whom to wait for. It belongs to the scheduler's one context, but
 * for {@link #read}, which blocks.
 */
final class KnownWorkers {
  private static final Logger LOG = LoggerFactory.getLogger(KnownWorkers.class);

  private final Vertx vertx;
  private final Path file;
  private Map<String, WorkerProfile> current = Map.of();
  private Map<String, WorkerProfile> written = Map.of();
  private Promise<Void> waiting = Promise.promise();
  private boolean writing;

  KnownWorkers(Vertx vertx, Path directory) {
    this.vertx = vertx;
    this.file = directory.resolve("workers.json");
  }

  /**
   * The workers of the file; none when there is no file, or none that can be read, which is logged.
   */
  List<WorkerProfile> read() {
    try {
      List<WorkerProfile> found =
          new JsonArray(Files.readString(file))
              .stream().map(worker -> profile((JsonObject) worker)).toList();
      current = written = byName(found);
      return found;
    } catch (IOException | RuntimeException failure) {
      if (Files.exists(file)) {
        LOG.warn("{} cannot be read; the workers in it are not waited for: {}", file, failure);
      }
      return List.of();
    }
  }

  private static Map<String, WorkerProfile> byName(Collection<WorkerProfile> profiles) {
    return profiles.stream()
        .collect(
            Collectors.toMap(WorkerProfile::name, profile -> profile, (_, b) -> b, TreeMap::new));
  }

  /**
   * Completes when the file has these workers (those that left are left out), or cannot be written,
   * which is logged: jobs run without it.
   */
  Future<Void> remember(Collection<Node> nodes) {
    current =
        byName(
            nodes.stream()
                .filter(node -> node.state() != Node.State.OFFLINE)
                .map(Node::profile)
                .toList());
    if (!writing && current.equals(written)) {
      return Future.succeededFuture();
    }
    Future<Void> done = waiting.future();
    if (!writing) {
      write();
    }
    return done;
  }

  /** One write for all who wait; who comes meanwhile waits for the next. */
  private void write() {
    writing = true;
    Map<String, WorkerProfile> content = current;
    Promise<Void> covered = waiting;
    waiting = Promise.promise();
    vertx
        .<@Nullable Void>executeBlocking(
            () -> {
              replace(content.values());
              return null;
            })
        .onComplete(
            result -> {
              writing = false;
              if (result.succeeded()) {
                written = content;
              } else {
                LOG.warn("{} cannot be written: {}", file, String.valueOf(result.cause()));
              }
              covered.complete();
              if (!current.equals(content)) {
                write();
              } else {
                waiting.tryComplete();
                waiting = Promise.promise();
              }
            });
  }

  private void replace(Collection<WorkerProfile> profiles) throws IOException {
    Files.createDirectories(file.resolveSibling("."));
    JsonArray workers = new JsonArray(profiles.stream().map(KnownWorkers::json).toList());
    Path beside = file.resolveSibling(file.getFileName() + ".new");
    Files.writeString(beside, workers.encodePrettily());
    Files.move(beside, file, StandardCopyOption.ATOMIC_MOVE);
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
