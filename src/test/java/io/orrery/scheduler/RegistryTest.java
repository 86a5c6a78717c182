package io.orrery.scheduler;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.orrery.config.HostPort;
import io.orrery.job.ApiException;
import io.orrery.job.Reason;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

class RegistryTest {
  private static final Duration LEASE = Duration.ofSeconds(10);

  private static final Host HOST = new Host("host", "boot");

  private final AtomicLong nanos = new AtomicLong();
  private final AtomicReference<Instant> wall = new AtomicReference<>(Instant.EPOCH);
  private final LeaseClock leases = new LeaseClock(LEASE, nanos::get);
  private final Registry registry = new Registry(leases, wall::get);

  private static WorkerProfile profile(String name, int port) {
    return new WorkerProfile(
        name,
        new HostPort("127.0.0.1", port),
        Map.of(),
        new WorkerProfile.Capacity(2, 2, 1, List.of()),
        "1");
  }

  private Node arrive(String id, String incarnation, Host host, WorkerProfile profile) {
    return registry.register(new Arrival(id, incarnation, host, profile), 0);
  }

  private Node register(String id, String incarnation, WorkerProfile profile, int running) {
    Node node = registry.register(new Arrival(id, incarnation, HOST, profile), running);
    registry.dialled(node, "");
    return now(node);
  }

  private Node now(Node node) {
    return registry.byId(node.id()).orElseThrow();
  }

  /** As the scheduler's timer does. */
  private void pass(Duration time) {
    long end = nanos.get() + time.toNanos();
    while (nanos.get() < end) {
      nanos.set(Math.min(end, nanos.get() + leases.period().toNanos()));
      registry.expire();
    }
  }

  /** The process was stopped for a time: no timer ran. */
  private void stopFor(Duration time) {
    nanos.addAndGet(time.toNanos());
    registry.expire();
  }

  private static void assertRefused(Reason reason, Runnable call) {
    assertThatThrownBy(call::run)
        .isInstanceOfSatisfying(
            ApiException.class, refusal -> assertThat(refusal.reason()).isEqualTo(reason));
  }

  @Test
  void givesAWorkerTheSameIdAgainEvenWithoutMemory() {
    Node first = register("", "run-1", profile("w1", 1), 0);
    Node second =
        new Registry(leases, InstantSource.system())
            .register(new Arrival(first.id(), "run-2", HOST, profile("w1", 2)), 0);

    assertThat(UUID.fromString(first.id()).version()).isEqualTo(8);
    assertThat(second.id()).isEqualTo(first.id());
    assertThat(register("", "run-1", profile("w2", 2), 0).id()).isNotEqualTo(first.id());
  }

  @Test
  void refusesTheIdOfAnotherWorker() {
    Node first = register("", "run-1", profile("w1", 1), 0);

    assertRefused(Reason.FOREIGN_WORKER, () -> register(first.id(), "run", profile("w2", 2), 0));
  }

  @Test
  void refusesASecondWorkerOfTheSameNameWhileTheFirstIsAlive() {
    register("", "run-1", profile("w1", 1), 0);

    assertRefused(Reason.WORKER_NAME_IN_USE, () -> register("", "run-2", profile("w1", 2), 0));
    pass(LEASE.plusMillis(1));
    assertThat(register("", "run-2", profile("w1", 2), 0).state()).isEqualTo(Node.State.ONLINE);
  }

  @Test
  void takesARestartedWorkerAtTheSameAddressAtOnce() {
    register("", "run-1", profile("w1", 1), 3);
    Node again = register("", "run-2", profile("w1", 1), 0);

    assertThat(again.running()).isZero();
    assertRefused(Reason.WORKER_NOT_FOUND, () -> registry.heartbeat("w1", again.id(), "run-1", 0));
  }

  @Test
  void twoWorkersThatClaimOneAddressDoNotTakeTurns() {
    register("", "run-1", profile("w1", 1), 0);
    Node second = register("", "run-2", profile("w1", 1), 0);

    assertRefused(Reason.WORKER_NOT_FOUND, () -> registry.heartbeat("w1", second.id(), "run-1", 0));
    assertRefused(Reason.WORKER_NAME_IN_USE, () -> register("", "run-1", profile("w1", 1), 0));
    assertThat(registry.heartbeat("w1", second.id(), "run-2", 0).incarnation()).isEqualTo("run-2");
  }

  @Test
  void aWorkerThatWasReplacedComesBackWhenTheOtherIsGone() {
    Node first = register("", "run-1", profile("w1", 1), 0);
    register("", "run-2", profile("w1", 1), 0);
    pass(LEASE.plusMillis(1));

    assertThat(register(first.id(), "run-1", profile("w1", 1), 0).state())
        .isEqualTo(Node.State.ONLINE);
  }

  @Test
  void aWorkerFromBeforeTheStartIsNotCalledUnreachableInTheFirstGrace() {
    registry.restore(profile("w1", 1));
    Node restored = registry.byId(WorkerIds.forName("w1")).orElseThrow();
    pass(LEASE.multipliedBy(LeaseClock.FIRST_GRACE));

    assertThat(now(restored).state()).isEqualTo(Node.State.ONLINE);
    assertThat(now(restored).standing().reason()).contains("not heard of since");
    assertThat(registry.silentFor(Duration.ZERO)).isEmpty();
    assertRefused(Reason.WORKER_NOT_FOUND, () -> registry.heartbeat("w1", restored.id(), "run", 0));

    pass(Duration.ofMillis(1));
    assertThat(now(restored).state()).isEqualTo(Node.State.UNREACHABLE);
    assertThat(now(restored).standing().reason()).contains("not registered since");
    assertThat(register(restored.id(), "run", profile("w1", 2), 0).state())
        .isEqualTo(Node.State.ONLINE);
  }

  @Test
  void aWorkerThatComesBackInTheFirstGraceIsNeverCalledUnreachable() {
    registry.restore(profile("w1", 1));

    Node node = arrive("", "run", HOST, profile("w1", 1));

    assertThat(node.state()).isEqualTo(Node.State.ONLINE);
    assertThat(node.standing().reason()).isEmpty();
  }

  @Test
  void aSchedulerThatWasStoppedGivesAllANewLease() {
    Node node = register("", "run-1", profile("w1", 1), 0);
    pass(LEASE.dividedBy(2));
    stopFor(LEASE.multipliedBy(20));
    assertThat(now(node).state()).isEqualTo(Node.State.ONLINE);
    assertThat(registry.silentFor(Duration.ZERO)).isEmpty();

    pass(LEASE.minusMillis(1));
    assertThat(now(node).state()).isEqualTo(Node.State.ONLINE);
    pass(LEASE.dividedBy(4));
    assertThat(now(node).state()).isEqualTo(Node.State.UNREACHABLE);
  }

  @Test
  void jumpsOfTheWallClockChangeNoState() {
    Node node = register("", "run-1", profile("w1", 1), 0);
    for (long days : new long[] {1, -2, 1}) {
      wall.updateAndGet(now -> now.plus(Duration.ofDays(days)));
      pass(LEASE.dividedBy(4));
      assertThat(now(node).state()).isEqualTo(Node.State.ONLINE);
    }
    wall.updateAndGet(now -> now.minus(Duration.ofDays(1)));
    pass(LEASE);
    assertThat(now(node).state()).isEqualTo(Node.State.UNREACHABLE);
    wall.updateAndGet(now -> now.plus(Duration.ofDays(2)));
    assertThat(registry.silentFor(Duration.ofHours(1))).isEmpty();
  }

  @Test
  void tellsOfWhomNothingWasHeardForTooLong() {
    Node node = register("", "run-1", profile("w1", 1), 0);
    Node other = register("", "run-2", profile("w2", 2), 0);
    registry.dialled(other, "no answer");
    pass(LEASE.plusMillis(1));
    registry.heartbeat("w2", other.id(), "run-2", 0);
    pass(LEASE.dividedBy(2));
    assertThat(registry.silentFor(LEASE)).isEmpty();

    registry.heartbeat("w2", other.id(), "run-2", 0);
    pass(LEASE.dividedBy(2).plusMillis(1));

    // The jobs of one that is heard of, but not reached, are not lost.
    assertThat(now(other).state()).isEqualTo(Node.State.UNREACHABLE);
    assertThat(registry.silentFor(LEASE)).containsExactly(now(node));
  }

  @Test
  void aWorkerIsOnlineWhenItAnswersAtItsAddressAndNotBefore() {
    Node node = arrive("", "run-1", HOST, profile("w1", 1));
    assertThat(node.state()).isEqualTo(Node.State.UNREACHABLE);
    assertThat(node.standing().reason()).contains("checking", "127.0.0.1:1");

    registry.dialled(node, "127.0.0.1:1 answers as another");
    assertThat(now(node).state()).isEqualTo(Node.State.UNREACHABLE);
    assertThat(now(node).standing().reason()).contains("as another");
    assertThat(registry.heartbeat("w1", node.id(), "run-1", 0).state())
        .isEqualTo(Node.State.UNREACHABLE);

    registry.dialled(node, "");
    assertThat(now(node).state()).isEqualTo(Node.State.ONLINE);
  }

  @Test
  void whatCameOfDiallingAnEarlierRunIsOfNoInterest() {
    Node node = register("", "run-1", profile("w1", 1), 0);
    Node next = register("", "run-2", profile("w1", 1), 0);

    registry.dialled(node, "no answer");

    assertThat(now(next).state()).isEqualTo(Node.State.ONLINE);
  }

  @Test
  void twoHostsWithOneIdentityAndOneAddressAreToldApart() {
    register("", "run-1", profile("w1", 1), 0);
    for (Host other : List.of(new Host("other", "boot-2"), new Host("host", "boot-2"))) {
      assertThatThrownBy(() -> arrive("", "run-2", other, profile("w1", 1)))
          .isInstanceOfSatisfying(
              ApiException.class,
              refusal -> assertThat(refusal.reason()).isEqualTo(Reason.WORKER_NAME_IN_USE))
          .hasMessageContaining("another host");
    }
    pass(LEASE.plusMillis(1));
    Node node = arrive("", "run-2", new Host("host", "boot-2"), profile("w1", 1));
    assertThat(registry.wasRebooted(node)).isTrue();
    pass(LEASE.plusMillis(1));
    arrive("", "run-3", new Host("other", "boot-3"), profile("w1", 1));
    assertThat(registry.wasRebooted(node)).isFalse();
  }

  @Test
  void anOperatorsDrainAndTheWorkersOwnReasonAreToldApart() {
    Drain drain = new Drain("new disk", "spiffe://orrery/admin/a", Instant.EPOCH, null);
    registry.drain("w1", drain);
    Node node = register("", "run-1", profile("w1", 1), 0);
    assertThat(node.state()).isEqualTo(Node.State.DRAINING);
    assertThat(registry.judge(node, "full").standing().reason())
        .isEqualTo("drained: new disk; full");

    registry.drain("w1", null);
    assertThat(now(node).state()).isEqualTo(Node.State.DRAINING);
    assertThat(now(node).standing().reason()).isEqualTo("full");
    assertThat(registry.judge(node, "").state()).isEqualTo(Node.State.ONLINE);
  }

  @Test
  void aWorkerWithoutHeartbeatIsUnreachableAndComesBackWithOne() {
    Node node = register("", "run-1", profile("w1", 1), 0);
    pass(LEASE);
    assertThat(registry.byId(node.id()).orElseThrow().state()).isEqualTo(Node.State.ONLINE);
    pass(Duration.ofMillis(1));
    assertThat(registry.byId(node.id()).orElseThrow().state()).isEqualTo(Node.State.UNREACHABLE);

    assertThat(registry.heartbeat("w1", node.id(), "run-1", 5).state())
        .isEqualTo(Node.State.ONLINE);
    pass(LEASE);
    assertThat(registry.byId(node.id()).orElseThrow().running()).isEqualTo(5);
  }

  @Test
  void aWorkerThatSaysWhyItTakesNoJobsIsDrainingUntilItTakesThemAgain() {
    Node node = register("", "run-1", profile("w1", 1), 0);
    Node draining = registry.judge(node, "its disk is full");

    assertThat(draining.state()).isEqualTo(Node.State.DRAINING);
    assertThat(draining.standing().reason()).isEqualTo("its disk is full");
    assertThat(registry.judge(draining, "its disk is full")).isSameAs(draining);
    assertThat(registry.judge(draining, "").state()).isEqualTo(Node.State.ONLINE);
    assertThat(registry.byId(node.id()).orElseThrow().state()).isEqualTo(Node.State.ONLINE);
  }

  @Test
  void aWorkerThatLeftIsOfflineAndStaysSo() {
    Node node = register("", "run-1", profile("w1", 1), 0);
    registry.deregister("w1", node.id(), "run-1", "stopped");
    pass(LEASE.multipliedBy(3));

    Node left = registry.byId(node.id()).orElseThrow();
    assertThat(left.state()).isEqualTo(Node.State.OFFLINE);
    assertThat(left.standing().reason()).isEqualTo("stopped");
  }

  @Test
  void aHeartbeatThatComesLateDoesNotReviveAWorkerThatLeft() {
    Node node = register("", "run-1", profile("w1", 1), 0);
    registry.deregister("w1", node.id(), "run-1", "stopped");

    Node late = registry.heartbeat("w1", node.id(), "run-1", 0);
    assertThat(registry.judge(late, "").state()).isEqualTo(Node.State.OFFLINE);
    assertThat(registry.judge(late, "full").state()).isEqualTo(Node.State.OFFLINE);
    assertThat(registry.byId(node.id()).orElseThrow().isReachable()).isFalse();
  }

  @Test
  void aHeartbeatOfAWorkerThatIsNotKnownAsksForARegistration() {
    String id = WorkerIds.forName("w9");

    assertRefused(Reason.WORKER_NOT_FOUND, () -> registry.heartbeat("w9", id, "run", 0));
  }

  @Test
  void aWorkerSpeaksForItselfAlone() {
    Node node = register("", "run-1", profile("w1", 1), 0);
    register("", "run-2", profile("w2", 2), 0);

    assertRefused(Reason.FOREIGN_WORKER, () -> registry.heartbeat("w2", node.id(), "run-1", 0));
    assertRefused(
        Reason.FOREIGN_WORKER, () -> registry.deregister("w2", node.id(), "run-1", "mine"));
    assertThat(registry.byId(node.id()).orElseThrow().state()).isEqualTo(Node.State.ONLINE);
  }
}
