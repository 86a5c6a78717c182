package io.orrery.scheduler;

import io.orrery.rpc.CallOptions;
import io.orrery.rpc.HealthProbe;
import io.vertx.core.Vertx;
import io.vertx.grpc.health.v1.HealthCheckRequest;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ThreadLocalRandom;

/**
 * Dials each worker at the address that it advertises, again and again: that it reaches the
 * scheduler does not say that the scheduler reaches it. One that answered is not given up for one
 * call that failed. It belongs to the scheduler's one context.
 */
final class AddressCheck {
  private static final Duration FIRST_RETRY = Duration.ofMillis(250);
  private static final Duration LAST_RETRY = Duration.ofSeconds(30);
  private static final Duration LEAST_PATIENCE = Duration.ofSeconds(2);
  private static final Duration MOST_PATIENCE = Duration.ofSeconds(5);
  private static final Duration LEAST_INTERVAL = Duration.ofSeconds(1);

  private final Vertx vertx;
  private final Registry registry;
  private final WorkerLinks links;
  private final Map<String, Round> rounds = new HashMap<>();

  /** The checking of one run of a worker. */
  private static final class Round {
    private long timer = -1;
    private boolean answered;
    private int failures;
    private Duration retry = FIRST_RETRY;
  }

  AddressCheck(Vertx vertx, Registry registry, WorkerLinks links) {
    this.vertx = vertx;
    this.registry = registry;
    this.links = links;
  }

  /** A worker has registered. */
  void begin(Node node) {
    end(node.name());
    Round round = new Round();
    round.answered = node.isReachable();
    rounds.put(node.name(), round);
    dial(node, round);
  }

  /** A worker has left. */
  void end(String name) {
    Round round = rounds.remove(name);
    if (round != null) {
      vertx.cancelTimer(round.timer);
    }
  }

  private void dial(Node node, Round round) {
    links
        .call(
            node,
            HealthProbe.CHECK,
            HealthCheckRequest.getDefaultInstance(),
            CallOptions.within(patience()))
        .onSuccess(_ -> answered(node, round))
        .onFailure(failure -> failed(node, round, failure));
  }

  private void answered(Node node, Round round) {
    if (rounds.get(node.name()) != round) {
      return;
    }
    round.answered = true;
    round.failures = 0;
    round.retry = FIRST_RETRY;
    registry.dialled(node, "");
    again(node, round, interval());
  }

  private void failed(Node node, Round round, Throwable failure) {
    if (rounds.get(node.name()) != round) {
      return;
    }
    round.failures++;
    if (!round.answered || round.failures > 1) {
      round.answered = false;
      registry.dialled(
          node,
          "it is not reached at its address "
              + node.profile().address()
              + ": "
              + failure.getMessage());
    }
    again(node, round, round.retry);
    Duration next = round.retry.multipliedBy(2);
    round.retry = next.compareTo(LAST_RETRY) > 0 ? LAST_RETRY : next;
  }

  private void again(Node node, Round round, Duration time) {
    long millis = time.toMillis() * ThreadLocalRandom.current().nextInt(80, 121) / 100;
    round.timer = vertx.setTimer(Math.max(1, millis), _ -> dial(node, round));
  }

  private Duration patience() {
    Duration third = registry.lease().dividedBy(3);
    return third.compareTo(LEAST_PATIENCE) < 0
        ? LEAST_PATIENCE
        : third.compareTo(MOST_PATIENCE) > 0 ? MOST_PATIENCE : third;
  }

  /** As long as a worker is believed in that is not heard of: it costs as much as a heartbeat. */
  private Duration interval() {
    Duration lease = registry.lease();
    return lease.compareTo(LEAST_INTERVAL) < 0 ? LEAST_INTERVAL : lease;
  }

  void close() {
    rounds.values().forEach(round -> vertx.cancelTimer(round.timer));
    rounds.clear();
  }
}
