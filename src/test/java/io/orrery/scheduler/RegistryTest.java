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
import org.junit.jupiter.api.Test;

class RegistryTest {
  private static final Duration LEASE = Duration.ofSeconds(10);

  private final AtomicLong nanos = new AtomicLong();
  private final Registry registry =
      new Registry(LEASE, InstantSource.fixed(Instant.EPOCH), nanos::get);

  private static WorkerProfile profile(String name, int port) {
    return new WorkerProfile(
        name,
        new HostPort("127.0.0.1", port),
        Map.of(),
        new WorkerProfile.Capacity(2, 2, 1, List.of()),
        "1");
  }

  private void pass(Duration time) {
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
    Node first = registry.register("", "run-1", profile("w1", 1), 0);
    Node second =
        new Registry(LEASE, InstantSource.system(), System::nanoTime)
            .register(first.id(), "run-2", profile("w1", 2), 0);

    assertThat(UUID.fromString(first.id()).version()).isEqualTo(8);
    assertThat(second.id()).isEqualTo(first.id());
    assertThat(registry.register("", "run-1", profile("w2", 2), 0).id()).isNotEqualTo(first.id());
  }

  @Test
  void refusesTheIdOfAnotherWorker() {
    Node first = registry.register("", "run-1", profile("w1", 1), 0);

    assertRefused(
        Reason.FOREIGN_WORKER, () -> registry.register(first.id(), "run", profile("w2", 2), 0));
  }

  @Test
  void refusesASecondWorkerOfTheSameNameWhileTheFirstIsAlive() {
    registry.register("", "run-1", profile("w1", 1), 0);

    assertRefused(
        Reason.WORKER_NAME_IN_USE, () -> registry.register("", "run-2", profile("w1", 2), 0));
    pass(LEASE.plusMillis(1));
    assertThat(registry.register("", "run-2", profile("w1", 2), 0).state())
        .isEqualTo(Node.State.ONLINE);
  }

  @Test
  void takesARestartedWorkerAtTheSameAddressAtOnce() {
    registry.register("", "run-1", profile("w1", 1), 3);
    Node again = registry.register("", "run-2", profile("w1", 1), 0);

    assertThat(again.load().running()).isZero();
    assertRefused(Reason.WORKER_NOT_FOUND, () -> registry.heartbeat("w1", again.id(), "run-1", 0));
  }

  @Test
  void twoWorkersThatClaimOneAddressDoNotTakeTurns() {
    registry.register("", "run-1", profile("w1", 1), 0);
    Node second = registry.register("", "run-2", profile("w1", 1), 0);

    assertRefused(Reason.WORKER_NOT_FOUND, () -> registry.heartbeat("w1", second.id(), "run-1", 0));
    assertRefused(
        Reason.WORKER_NAME_IN_USE, () -> registry.register("", "run-1", profile("w1", 1), 0));
    assertThat(registry.heartbeat("w1", second.id(), "run-2", 0).incarnation()).isEqualTo("run-2");
  }

  @Test
  void aWorkerThatWasReplacedComesBackWhenTheOtherIsGone() {
    Node first = registry.register("", "run-1", profile("w1", 1), 0);
    registry.register("", "run-2", profile("w1", 1), 0);
    pass(LEASE.plusMillis(1));

    assertThat(registry.register(first.id(), "run-1", profile("w1", 1), 0).state())
        .isEqualTo(Node.State.ONLINE);
  }

  @Test
  void aWorkerFromBeforeTheStartIsUnreachableUntilItRegisters() {
    registry.restore(profile("w1", 1));
    Node restored = registry.byId(WorkerIds.forName("w1")).orElseThrow();
    pass(LEASE.multipliedBy(3));

    assertThat(restored.state()).isEqualTo(Node.State.UNREACHABLE);
    assertRefused(Reason.WORKER_NOT_FOUND, () -> registry.heartbeat("w1", restored.id(), "run", 0));
    assertThat(registry.register(restored.id(), "run", profile("w1", 2), 0).state())
        .isEqualTo(Node.State.ONLINE);
  }

  @Test
  void aWorkerWithoutHeartbeatIsUnreachableAndComesBackWithOne() {
    Node node = registry.register("", "run-1", profile("w1", 1), 0);
    pass(LEASE);
    assertThat(registry.byId(node.id()).orElseThrow().state()).isEqualTo(Node.State.ONLINE);
    pass(Duration.ofMillis(1));
    assertThat(registry.byId(node.id()).orElseThrow().state()).isEqualTo(Node.State.UNREACHABLE);

    assertThat(registry.heartbeat("w1", node.id(), "run-1", 5).state())
        .isEqualTo(Node.State.ONLINE);
    pass(LEASE);
    assertThat(registry.byId(node.id()).orElseThrow().load().running()).isEqualTo(5);
  }

  @Test
  void aWorkerThatSaysWhyItTakesNoJobsIsDrainingUntilItTakesThemAgain() {
    Node node = registry.register("", "run-1", profile("w1", 1), 0);
    Node draining = registry.judge(node, "its disk is full");

    assertThat(draining.state()).isEqualTo(Node.State.DRAINING);
    assertThat(draining.standing().reason()).isEqualTo("its disk is full");
    assertThat(registry.judge(draining, "its disk is full")).isSameAs(draining);
    assertThat(registry.judge(draining, "").state()).isEqualTo(Node.State.ONLINE);
    assertThat(registry.byId(node.id()).orElseThrow().state()).isEqualTo(Node.State.ONLINE);
  }

  @Test
  void aWorkerThatLeftIsOfflineAndStaysSo() {
    Node node = registry.register("", "run-1", profile("w1", 1), 0);
    registry.deregister("w1", node.id(), "run-1", "stopped");
    pass(LEASE.multipliedBy(3));

    Node left = registry.byId(node.id()).orElseThrow();
    assertThat(left.state()).isEqualTo(Node.State.OFFLINE);
    assertThat(left.standing().reason()).isEqualTo("stopped");
  }

  @Test
  void aHeartbeatThatComesLateDoesNotReviveAWorkerThatLeft() {
    Node node = registry.register("", "run-1", profile("w1", 1), 0);
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
    Node node = registry.register("", "run-1", profile("w1", 1), 0);
    registry.register("", "run-2", profile("w2", 2), 0);

    assertRefused(Reason.FOREIGN_WORKER, () -> registry.heartbeat("w2", node.id(), "run-1", 0));
    assertRefused(
        Reason.FOREIGN_WORKER, () -> registry.deregister("w2", node.id(), "run-1", "mine"));
    assertThat(registry.byId(node.id()).orElseThrow().state()).isEqualTo(Node.State.ONLINE);
  }

  @Test
  void countsWhatItGaveUntilTheWorkerReports() {
    Node node = registry.register("", "run-1", profile("w1", 1), 1);
    registry.gave(node);
    registry.gave(node);
    assertThat(registry.byId(node.id()).orElseThrow().load().running()).isEqualTo(3);

    registry.heartbeat("w1", node.id(), "run-1", 2);
    assertThat(registry.byId(node.id()).orElseThrow().load().running()).isEqualTo(2);
  }
}
