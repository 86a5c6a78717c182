package io.orrery.scheduler;

import io.orrery.job.ApiException;
import io.orrery.job.Reason;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The workers, and who of them is alive: one whose lease is over is unreachable, not lost. It
 * belongs to the scheduler's one context.
 */
final class Registry {
  private static final Logger LOG = LoggerFactory.getLogger(Registry.class);

  private final LeaseClock leases;
  private final InstantSource clock;
  private final NavigableMap<String, Node> byName = new TreeMap<>();
  private final Map<String, String> names = new HashMap<>();
  private final Map<String, Run> runs = new HashMap<>();
  private final Map<String, String> replaced = new HashMap<>();
  private final Map<String, Drain> drains = new HashMap<>();
  private boolean judging = true;
  private Consumer<Node> listener = _ -> {};
  private Runnable missed = () -> {};

  Registry(LeaseClock leases, InstantSource clock) {
    this.leases = leases;
    this.clock = clock;
  }

  Duration lease() {
    return leases.lease();
  }

  /**
   * Makes a worker known.
   *
   * @throws ApiException as the checks of {@link Arrival} do
   */
  Node register(Arrival arrival, int running) {
    String name = arrival.name();
    String id = WorkerIds.forName(name);
    if (!arrival.presentedId().isEmpty()) {
      Arrival.checkOwn(name, arrival.presentedId());
    }
    WorkerProfile profile = arrival.profile();
    Node known = byName.get(name);
    Run before = runs.get(name);
    if (known != null && before != null) {
      if (before.facts().contact() instanceof Facts.Heard) {
        boolean wasReplaced = arrival.incarnation().equals(replaced.get(name));
        arrival.checkOnlyOne(known, before.host(), wasReplaced, lease());
      }
      if (!known.incarnation().equals(arrival.incarnation())) {
        replaced.put(name, known.incarnation());
      }
    }
    boolean answered =
        known != null
            && before != null
            && known.profile().address().equals(profile.address())
            && before.facts().addressTrouble().isEmpty();
    String trouble = answered ? "" : "checking that it answers at its address " + profile.address();
    Facts facts = new Facts(new Facts.Heard(), trouble, "", drains.get(name));
    Facts.Judgement judged = facts.judge();
    boolean same = known != null && known.state() == judged.state();
    Node.Standing standing =
        new Node.Standing(
            judged.state(),
            judged.reason(),
            known != null && same ? known.standing().since() : clock.instant(),
            clock.instant(),
            clock.instant());
    Node node = new Node(id, arrival.incarnation(), profile, standing, running);
    keep(node);
    Host host = arrival.host();
    boolean rebooted =
        before != null
            && (host.isRebootOf(before.host())
                || (!host.differsFrom(before.host()) && before.rebooted()));
    runs.put(name, new Run(host, facts, leases.now(), leases.now(), rebooted));
    LOG.info(
        "worker {} ({}) has registered, at {}, version {}",
        name,
        id,
        profile.address(),
        profile.version());
    return node;
  }

  /** A worker that was known to the scheduler before this one; it is expected to register. */
  void restore(WorkerProfile profile) {
    Facts facts = new Facts(new Facts.Expected(), "", "", drains.get(profile.name()));
    Facts.Judgement judged = facts.judge();
    Node.Standing standing =
        new Node.Standing(
            judged.state(),
            judged.reason(),
            clock.instant(),
            Node.Standing.NEVER,
            Node.Standing.NEVER);
    keep(new Node(WorkerIds.forName(profile.name()), "", profile, standing, 0));
    runs.put(profile.name(), new Run(Host.UNKNOWN, facts, leases.now(), leases.now(), false));
  }

  /**
   * A worker is alive.
   *
   * @throws ApiException with {@link Reason#FOREIGN_WORKER} when the id is another worker's, or
   *     {@link Reason#WORKER_NOT_FOUND} when it must register again
   */
  Node heartbeat(String name, String id, String incarnation, int running) {
    Node node = known(name, id, incarnation);
    keep(node.with(node.standing().heard(clock.instant())).withRunning(running));
    Run run = run(name);
    runs.put(name, run.heardAt(leases.now()));
    return run.facts().contact() instanceof Facts.Left
        ? node(name)
        : change(name, facts -> facts.with(new Facts.Heard()));
  }

  /** A worker that was just heard says what keeps it from taking jobs; "" when nothing does. */
  Node judge(Node node, String unfitReason) {
    return change(node.name(), facts -> facts.withUnfit(unfitReason));
  }

  /** What came of dialling a worker at its address: "" when it answered, and it was that worker. */
  void dialled(Node node, String trouble) {
    Node now = byName.get(node.name());
    if (now != null
        && now.incarnation().equals(node.incarnation())
        && now.profile().address().equals(node.profile().address())) {
      change(node.name(), facts -> facts.withAddressTrouble(trouble));
    }
  }

  /** An operator drains a worker, known or not; null ends it. */
  void drain(String name, @Nullable Drain drain) {
    if (drain == null) {
      drains.remove(name);
    } else {
      drains.put(name, drain);
    }
    if (byName.containsKey(name)) {
      change(name, facts -> facts.with(drain));
    }
  }

  Optional<Drain> drain(String name) {
    return Optional.ofNullable(drains.get(name));
  }

  /** What keeps the worker itself from taking jobs; "" when nothing does. */
  String unfit(Node node) {
    return run(node.name()).facts().unfit();
  }

  /** Whether the last registration was the first after a reboot of its host. */
  boolean wasRebooted(Node node) {
    return run(node.name()).rebooted();
  }

  /** A worker leaves in order. */
  Node deregister(String name, String id, String incarnation, String reason) {
    Node node = known(name, id, incarnation);
    keep(node.withRunning(0));
    return change(name, facts -> facts.with(new Facts.Left(reason)));
  }

  /** Whether a worker has left, or was not heard of for longer than its lease. */
  boolean isGone(Node node) {
    return switch (run(node.name()).facts().contact()) {
      case Facts.Expected(), Facts.Heard() -> false;
      case Facts.Silent(_), Facts.Left(_) -> true;
    };
  }

  /** A worker is not known any more; should it come back, it is a new one. */
  void forget(Node node) {
    names.remove(node.id());
    List.of(byName, runs, replaced, drains).forEach(map -> map.remove(node.name()));
  }

  private Node known(String name, String id, String incarnation) {
    Arrival.checkOwn(name, id);
    Node node = byName.get(name);
    if (node == null || !node.incarnation().equals(incarnation)) {
      throw new ApiException(
          Reason.WORKER_NOT_FOUND,
          "the scheduler does not know this run of worker " + name + "; register again",
          Map.of("worker_name", name, "worker_id", id));
    }
    return node;
  }

  /** Calls those unreachable whose lease is over; to be called each {@link LeaseClock#period}. */
  void expire() {
    judging = leases.mayJudge();
    if (!judging) {
      return;
    }
    for (String name : byName.keySet().toArray(String[]::new)) {
      Run run = run(name);
      switch (run.facts().contact()) {
        case Facts.Expected() when leases.isFirstGraceOver() ->
            silent(name, "it has not registered since the scheduler was started");
        case Facts.Heard() when leases.isOver(run.heard()) -> {
          silent(name, "no heartbeat for " + lease().toSeconds() + " s");
          missed.run();
        }
        case Facts.Expected(), Facts.Heard(), Facts.Silent(_), Facts.Left(_) -> {}
      }
    }
  }

  private void silent(String name, String why) {
    change(name, facts -> facts.with(new Facts.Silent(why)));
  }

  /** The workers of which nothing has been heard for this long since they were given up. */
  List<Node> silentFor(Duration time) {
    return judging
        ? byName.values().stream()
            .filter(this::isGone)
            .filter(node -> leases.now() - run(node.name()).contactSince() > time.toNanos())
            .toList()
        : List.of();
  }

  private Node change(String name, UnaryOperator<Facts> change) {
    Run run = run(name);
    Facts next = change.apply(run.facts());
    runs.put(name, run.with(next, leases.now()));
    Node node = node(name);
    Facts.Judgement judged = next.judge();
    Node.Standing standing = node.standing();
    if (judged.state() == node.state() && judged.reason().equals(standing.reason())) {
      return node;
    }
    LOG.info("worker {} ({}) is {} {}", name, node.id(), judged.state(), judged.reason());
    Node now =
        node.with(
            judged.state() == node.state()
                ? standing.because(judged.reason())
                : standing.become(judged.state(), judged.reason(), clock.instant()));
    keep(now);
    return now;
  }

  private Run run(String name) {
    return Objects.requireNonNull(runs.get(name), name);
  }

  private Node node(String name) {
    return Objects.requireNonNull(byName.get(name), name);
  }

  private void keep(Node node) {
    byName.put(node.name(), node);
    names.put(node.id(), node.name());
    listener.accept(node);
  }

  /** Who is told of each change of a worker; of those that are known already, at once. */
  void onChange(Consumer<Node> changes) {
    listener = changes;
    byName.values().forEach(changes);
  }

  /** What is run whenever the lease of a worker ends without a heartbeat. */
  void onMissedLease(Runnable run) {
    missed = run;
  }

  Optional<Node> byId(String id) {
    return Optional.ofNullable(names.get(id)).map(name -> byName.get(name));
  }

  /** All workers, by name. */
  Collection<Node> all() {
    return Collections.unmodifiableCollection(byName.values());
  }
}
