package io.orrery.scheduler;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.orrery.config.HostPort;
import io.orrery.job.ApiException;
import io.orrery.job.Placement;
import io.orrery.job.Reason;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class PlacementChoiceTest {

  private static Node node(String name, Node.State state, int slots, int running, String zone) {
    WorkerProfile profile =
        new WorkerProfile(
            name,
            new HostPort("127.0.0.1", 1),
            Map.of("zone", zone),
            new WorkerProfile.Capacity(slots, 1, 1, List.of()),
            "1");
    Node.Standing standing =
        new Node.Standing(state, "because", Instant.EPOCH, Instant.EPOCH, Instant.EPOCH);
    return new Node("id-" + name, "run", profile, standing, new Node.Load(running, 0, 0));
  }

  private static final List<Node> NODES =
      List.of(
          node("busy", Node.State.ONLINE, 2, 2, "a"),
          node("big", Node.State.ONLINE, 8, 3, "a"),
          node("idle", Node.State.ONLINE, 1, 0, "b"),
          node("draining", Node.State.DRAINING, 8, 0, "c"),
          node("gone", Node.State.UNREACHABLE, 8, 0, "a"));

  private static Placement any(String selector) {
    return new Placement("", selector, 0, 0);
  }

  private static Placement pinned(String id) {
    return new Placement(id, "", 0, 0);
  }

  private static void assertRefused(Reason reason, Placement placement) {
    assertThatThrownBy(() -> PlacementChoice.choose(NODES, placement))
        .isInstanceOfSatisfying(
            ApiException.class, refusal -> assertThat(refusal.reason()).isEqualTo(reason));
  }

  @Test
  void takesTheLeastLoadedByItsShareOfSlots() {
    assertThat(PlacementChoice.choose(NODES, any("")).name()).isEqualTo("idle");
    assertThat(PlacementChoice.choose(NODES, any("zone=a")).name()).isEqualTo("big");
  }

  @Test
  void takesTheOneThatWaitedLongestWhereAllAreAlike() {
    Node first = node("one", Node.State.ONLINE, 1, 0, "a").with(new Node.Load(0, 0, 7));
    Node second = node("two", Node.State.ONLINE, 1, 0, "a").with(new Node.Load(0, 0, 3));

    assertThat(PlacementChoice.choose(List.of(first, second), any("")).name()).isEqualTo("two");
  }

  @Test
  void takesThePinnedOneHoweverBusy() {
    assertThat(PlacementChoice.choose(NODES, pinned("id-busy")).name()).isEqualTo("busy");
  }

  @Test
  void saysWhyThePinnedOneCannotTakeIt() {
    assertRefused(Reason.WORKER_NOT_FOUND, pinned("id-nobody"));
    assertRefused(Reason.WORKER_UNREACHABLE, pinned("id-gone"));
    assertRefused(Reason.DRAINING, pinned("id-draining"));
    assertRefused(Reason.NO_MATCHING_WORKER, new Placement("id-idle", "zone=a", 0, 0));
  }

  @Test
  void saysWhyNobodyCanTakeIt() {
    assertThatThrownBy(() -> PlacementChoice.choose(List.of(), any("")))
        .hasMessageContaining("no worker has registered");
    assertThatThrownBy(() -> PlacementChoice.choose(NODES, any("zone=x")))
        .hasMessageContaining("none of the 5 workers has labels that match 'zone=x'");
    assertThatThrownBy(() -> PlacementChoice.choose(NODES, any("zone=c")))
        .hasMessageContaining("none of the 1 matching workers is online");
  }
}
