package io.orrery.scheduler;

import io.orrery.job.ApiException;
import io.orrery.job.Reason;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The workers, and who of them is alive: one whose lease is over is unreachable, not lost. Leases
 * run on the monotonic clock. It belongs to the scheduler's one context.
 */
final class Registry {
  private static final Logger LOG = LoggerFactory.getLogger(Registry.class);

  private final Duration lease;
  private final InstantSource clock;
  private final LongSupplier nanoTime;
  private final SortedMap<String, Node> byName = new TreeMap<>();
  private final Map<String, Long> heardNanos = new HashMap<>();
  private final Map<String, String> replaced = new HashMap<>();
  private long given;
  private Consumer<Node> listener = _ -> {};

  /**
   * Makes an empty registry.
   *
   * @param nanoTime the monotonic clock, as {@link System#nanoTime}
   */
  Registry(Duration lease, InstantSource clock, LongSupplier nanoTime) {
    this.lease = lease;
    this.clock = clock;
    this.nanoTime = nanoTime;
  }

  Duration lease() {
    return lease;
  }

  /**
   * Makes a worker known.
   *
   * @param presentedId the id that the worker has from before, or ""
   * @throws ApiException with {@link Reason#FOREIGN_WORKER} when the id is another worker's, or
   *     {@link Reason#WORKER_NAME_IN_USE} when another process with the same certificate is alive
   */
  Node register(String presentedId, String incarnation, WorkerProfile profile, int running) {
    String id = WorkerIds.forName(profile.name());
    if (!presentedId.isEmpty()) {
      checkOwn(profile.name(), presentedId);
    }
    Node known = byName.get(profile.name());
    if (known != null && known.isReachable() && isAnother(known, incarnation, profile)) {
      throw new ApiException(
          Reason.WORKER_NAME_IN_USE,
          "a worker named "
              + profile.name()
              + " is alive at "
              + known.profile().address()
              + "; give each worker a certificate with a name of its own",
          Map.of("worker_name", profile.name()));
    }
    if (known != null && !known.incarnation().equals(incarnation)) {
      replaced.put(profile.name(), known.incarnation());
    }
    Node.Standing standing =
        new Node.Standing(Node.State.ONLINE, "", clock.instant(), clock.instant(), clock.instant());
    Node node = new Node(id, incarnation, profile, standing, new Node.Load(running, 0, 0));
    keep(node);
    heardNanos.put(profile.name(), nanoTime.getAsLong());
    LOG.info("worker {} ({}) is online at {}", profile.name(), id, profile.address());
    return node;
  }

  /** A worker that was known to the scheduler before this one; it has not registered yet. */
  void restore(WorkerProfile profile) {
    Node.Standing standing =
        new Node.Standing(
            Node.State.UNREACHABLE,
            "it has not registered since the scheduler was started",
            clock.instant(),
            Node.Standing.NEVER,
            Node.Standing.NEVER);
    keep(new Node(WorkerIds.forName(profile.name()), "", profile, standing, Node.Load.NONE));
  }

  /**
   * A new process at the same address is the same worker after a restart, unless the one that it
   * took the place of is still there and comes back.
   */
  private boolean isAnother(Node known, String incarnation, WorkerProfile profile) {
    return !known.incarnation().equals(incarnation)
        && (!known.profile().address().equals(profile.address())
            || incarnation.equals(replaced.get(profile.name())));
  }

  /**
   * A worker is alive.
   *
   * @throws ApiException with {@link Reason#FOREIGN_WORKER} when the id is another worker's, or
   *     {@link Reason#WORKER_NOT_FOUND} when it must register again
   */
  Node heartbeat(String name, String id, String incarnation, int running) {
    Node node = known(name, id, incarnation);
    Node heard =
        node.with(node.standing().heard(clock.instant()))
            .with(new Node.Load(running, 0, node.load().lastGiven()));
    if (heard.state() != node.state()) {
      LOG.info("worker {} is {} again", name, heard.state());
    }
    keep(heard);
    heardNanos.put(name, nanoTime.getAsLong());
    return heard;
  }

  /** A worker that was just heard says why it takes no new jobs; "" when it takes them. */
  Node judge(Node node, String unfitReason) {
    if (!node.isReachable()) {
      return node;
    }
    if (unfitReason.isEmpty()) {
      return node.state() == Node.State.DRAINING ? become(node, Node.State.ONLINE, "") : node;
    }
    return node.state() == Node.State.DRAINING && node.standing().reason().equals(unfitReason)
        ? node
        : become(node, Node.State.DRAINING, unfitReason);
  }

  /** A worker leaves in order. */
  void deregister(String name, String id, String incarnation, String reason) {
    Node node = known(name, id, incarnation);
    become(node.with(Node.Load.NONE), Node.State.OFFLINE, reason);
  }

  private static void checkOwn(String name, String id) {
    if (!id.equals(WorkerIds.forName(name))) {
      throw new ApiException(
          Reason.FOREIGN_WORKER,
          "the id "
              + id
              + " is not that of worker "
              + name
              + "; use the data directory with the certificate that it was made with",
          Map.of("worker_id", id, "worker_name", name));
    }
  }

  private Node known(String name, String id, String incarnation) {
    checkOwn(name, id);
    Node node = byName.get(name);
    if (node == null || !node.incarnation().equals(incarnation)) {
      throw new ApiException(
          Reason.WORKER_NOT_FOUND,
          "the scheduler does not know this run of worker " + name + "; register again",
          Map.of("worker_name", name, "worker_id", id));
    }
    return node;
  }

  /** Calls those unreachable whose lease is over; to be called a few times a lease. */
  void expire() {
    long now = nanoTime.getAsLong();
    for (Node node : byName.values().toArray(Node[]::new)) {
      Long heard = heardNanos.get(node.name());
      if (node.isReachable() && heard != null && now - heard > lease.toNanos()) {
        become(node, Node.State.UNREACHABLE, "no heartbeat for " + lease.toSeconds() + " s");
      }
    }
  }

  private Node become(Node node, Node.State state, String reason) {
    LOG.info("worker {} ({}) is {}: {}", node.name(), node.id(), state, reason);
    Node now = node.with(node.standing().become(state, reason, clock.instant()));
    keep(now);
    return now;
  }

  /** A job was given to the worker, of which it has not reported yet. */
  void gave(Node node) {
    Node now = byName.get(node.name());
    if (now != null) {
      Node.Load load = now.load();
      keep(now.with(new Node.Load(load.reported(), load.given() + 1, ++given)));
    }
  }

  private void keep(Node node) {
    byName.put(node.name(), node);
    listener.accept(node);
  }

  /** Who is told of each change of a worker; of those that are known already, at once. */
  void onChange(Consumer<Node> changes) {
    listener = changes;
    byName.values().forEach(changes);
  }

  Optional<Node> byId(String id) {
    return byName.values().stream().filter(node -> node.id().equals(id)).findFirst();
  }

  /** All workers, by name. */
  Collection<Node> all() {
    return Collections.unmodifiableCollection(byName.values());
  }
}
