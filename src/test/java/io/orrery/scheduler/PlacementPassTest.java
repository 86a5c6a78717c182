package io.orrery.scheduler;

import static org.assertj.core.api.Assertions.assertThat;

import io.orrery.config.HostPort;
import io.orrery.job.JobId;
import io.orrery.job.LabelSelector;
import io.orrery.scheduler.PlacementPass.Placed;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/** Fleets and jobs of every kind; what holds for all of them. */
class PlacementPassTest {
  private static final List<String> ZONES = List.of("a", "b", "c");
  private static final Instant HEARD = Instant.EPOCH.plusSeconds(1);

  /** A fleet, the jobs in the order in which they were submitted, and how luck has it. */
  record Scene(List<Node> fleet, List<Waiting> jobs, long seed) {}

  @Provide
  Arbitrary<Scene> scenes() {
    Arbitrary<List<Node>> fleet = nodes().list().ofMinSize(1).ofMaxSize(6);
    Arbitrary<List<Waiting>> jobs = jobs().list().ofMaxSize(40);
    return Combinators.combine(fleet, jobs, Arbitraries.longs())
        .as((nodes, asked, seed) -> new Scene(numbered(nodes), inOrder(asked), seed));
  }

  private static Arbitrary<Node> nodes() {
    return Combinators.combine(
            Arbitraries.of(Node.State.ONLINE, Node.State.ONLINE, Node.State.DRAINING),
            Arbitraries.of(ZONES),
            Arbitraries.integers().between(1, 4),
            Arbitraries.integers().between(1, 8),
            Arbitraries.longs().between(0, 100))
        .as((state, zone, slots, cpus, memory) -> node("n", state, zone, slots, cpus, memory));
  }

  private static Arbitrary<Waiting> jobs() {
    return Combinators.combine(
            Arbitraries.of("", "", "id-n0", "id-n1", "id-n9"),
            Arbitraries.of("", "", "zone=a", "zone in (a,b)", "!zone"),
            Arbitraries.of(0.0, 0.0, 0.5, 1.0, 3.0, 8.0),
            Arbitraries.of(0L, 0L, 10L, 60L),
            Arbitraries.integers().between(-1, 2))
        .as(
            (worker, selector, cpus, memory, priority) ->
                new Waiting(
                    new JobId(new UUID(0, 0).toString()),
                    needs(worker, selector, cpus, memory),
                    priority,
                    0));
  }

  private static Requirements needs(String worker, String selector, double cpus, long memory) {
    return new Requirements(
        worker,
        LabelSelector.parse(selector),
        new Requirements.Amount(cpus, memory),
        memory == 60 ? Set.of("memory") : Set.of());
  }

  private static Node node(
      String name, Node.State state, String zone, int slots, int cpus, long memory) {
    List<String> enforced = memory % 2 == 0 ? List.of("memory", "cpus") : List.of();
    return new Node(
        "id-" + name,
        "run",
        new WorkerProfile(
            name,
            new HostPort("127.0.0.1", 1),
            Map.of("zone", zone),
            new WorkerProfile.Capacity(slots, cpus, memory, enforced),
            "1"),
        new Node.Standing(state, "", HEARD, HEARD, HEARD),
        0);
  }

  private static List<Node> numbered(List<Node> nodes) {
    List<Node> fleet = new ArrayList<>();
    for (Node each : nodes) {
      WorkerProfile.Capacity has = each.profile().capacity();
      fleet.add(
          node(
              "n" + fleet.size(),
              each.state(),
              each.profile().labels().getOrDefault("zone", ""),
              has.slots(),
              has.cpus(),
              has.memoryBytes()));
    }
    return fleet;
  }

  private static List<Waiting> inOrder(List<Waiting> jobs) {
    List<Waiting> numbered = new ArrayList<>();
    for (Waiting each : jobs) {
      long number = numbered.size();
      numbered.add(
          new Waiting(
              new JobId(new UUID(1, number).toString()), each.needs(), each.priority(), number));
    }
    return numbered;
  }

  /** A world in which jobs come, are placed, and end. */
  private static final class World {
    final WaitingLine line = new WaitingLine();
    final Rooms rooms = new Rooms();
    final Map<JobId, Waiting> waiting = new HashMap<>();
    final Map<JobId, Placed> running = new HashMap<>();

    World(Scene scene) {
      scene.fleet().forEach(rooms::update);
    }

    void submit(Waiting job) {
      waiting.put(job.id(), job);
      line.add(job);
    }

    /** Checks each placement against the world that it was made in. */
    void pass(int atMost) {
      List<Placed> placed = PlacementPass.run(line, rooms, atMost);
      for (Placed each : placed) {
        assertThat(waiting.remove(each.job().id())).as("each once").isNotNull();
        assertThat(obstacle(each.node(), each.job())).isEqualTo(Obstacle.NONE);
        assertThat(waiting.values())
            .as("nobody who is before %s could have had its place", each)
            .noneMatch(
                other ->
                    other.compareTo(each.job()) < 0
                        && obstacle(each.node(), other) == Obstacle.NONE);
        running.put(each.job().id(), each);
      }
      if (placed.size() < atMost) {
        assertThat(PlacementPass.run(line, rooms, atMost)).as("all is done at once").isEmpty();
      }
    }

    /** Counted anew, from what runs. */
    Obstacle obstacle(Node node, Waiting job) {
      Room fresh = new Room(node);
      for (Placed each : running.values()) {
        if (each.node().id().equals(node.id())) {
          fresh.take(each.job().id(), each.job().needs().amount(), 0);
        }
      }
      return fresh.obstacle(job.needs());
    }

    void end(JobId id) {
      running.remove(id);
      assertThat(rooms.release(id)).isTrue();
    }

    void checkCapacity() {
      for (Room room : rooms.all()) {
        List<Placed> here =
            running.values().stream()
                .filter(each -> each.node().id().equals(room.node().id()))
                .toList();
        WorkerProfile.Capacity has = room.node().profile().capacity();
        assertThat(here).hasSizeLessThanOrEqualTo(has.slots()).hasSize(room.running());
        assertThat(here.stream().mapToDouble(each -> each.job().needs().amount().cpus()).sum())
            .isLessThanOrEqualTo(has.cpus() + 0.01);
        assertThat(here.stream().mapToLong(each -> each.job().needs().amount().memoryBytes()).sum())
            .isLessThanOrEqualTo(has.memoryBytes());
      }
    }
  }

  @Property
  void neverOverCapacityNeverOnAWorkerThatDoesNotMatchNeverOutOfOrder(
      @ForAll("scenes") Scene scene) {
    World world = new World(scene);
    Random luck = new Random(scene.seed());
    for (Waiting job : scene.jobs()) {
      world.submit(job);
      if (luck.nextBoolean()) {
        world.pass(1 + luck.nextInt(5));
        world.checkCapacity();
      }
      if (!world.running.isEmpty() && luck.nextInt(3) == 0) {
        world.end(new ArrayList<>(world.running.keySet()).get(luck.nextInt(world.running.size())));
      }
    }
    world.pass(Integer.MAX_VALUE);
    world.checkCapacity();
  }

  @Property
  void everyJobThatAWorkerCouldRunIsRunInTheEndAndNoOtherIs(@ForAll("scenes") Scene scene) {
    World world = new World(scene);
    Random luck = new Random(scene.seed());
    Set<JobId> ran = new HashSet<>();
    scene.jobs().forEach(world::submit);
    for (int rounds = 0; rounds <= scene.jobs().size(); rounds++) {
      world.pass(1_000);
      ran.addAll(world.running.keySet());
      List<JobId> ids = new ArrayList<>(world.running.keySet());
      ids.sort(Comparator.naturalOrder());
      if (!ids.isEmpty()) {
        world.end(ids.get(luck.nextInt(ids.size())));
      }
    }
    for (Waiting job : scene.jobs()) {
      boolean possible =
          scene.fleet().stream()
              .anyMatch(node -> new Room(node).obstacle(job.needs()) == Obstacle.NONE);
      assertThat(ran.contains(job.id())).as("%s", job).isEqualTo(possible);
      assertThat(world.line.get(job.id()).isPresent()).isEqualTo(!possible);
    }
  }

  @Property
  void aJobThatIsTakenOutIsNotPlacedAndTheOthersStayInOrder(@ForAll("scenes") Scene scene) {
    World world = new World(scene);
    Random luck = new Random(scene.seed());
    scene.jobs().forEach(world::submit);
    for (Waiting job : scene.jobs()) {
      if (luck.nextInt(3) == 0) {
        assertThat(world.line.remove(job.id())).contains(job);
        assertThat(world.line.remove(job.id())).isEmpty();
        world.waiting.remove(job.id());
      }
    }
    assertThat(world.line.all()).containsExactlyInAnyOrderElementsOf(world.waiting.values());
    for (Waiting job : world.waiting.values()) {
      assertThat(world.line.ahead(job))
          .isEqualTo(world.waiting.values().stream().filter(o -> o.compareTo(job) < 0).count());
    }
    world.pass(Integer.MAX_VALUE);
  }

  @Property
  void theObstaclesOfAllWorkersAreCounted(@ForAll("scenes") Scene scene) {
    World world = new World(scene);
    scene.jobs().forEach(world::submit);
    world.pass(Integer.MAX_VALUE);
    for (Waiting job : world.waiting.values()) {
      Set<Room> reserved = PlacementPass.reservedBefore(job, world.line, world.rooms);
      Map<Obstacle, Integer> counts = world.rooms.obstacles(job.needs(), reserved);
      assertThat(counts.values().stream().mapToInt(Integer::intValue).sum())
          .isEqualTo(scene.fleet().size());
      assertThat(counts).as("%s", job).doesNotContainKey(Obstacle.NONE);
    }
  }

  /** However many kinds of jobs wait for a worker that is busy, others are not held up by them. */
  @Example
  void manyKindsOfJobsThatHaveToWaitDoNotHoldUpOneThatHasNot() {
    WaitingLine line = new WaitingLine();
    Rooms rooms = new Rooms();
    rooms.update(node("n0", Node.State.ONLINE, "a", 2, 8, 10_000));
    rooms.update(node("n1", Node.State.ONLINE, "b", 2, 8, 10_000));
    Waiting first = waiting(0, needs("", "zone=a", 8, 0));
    line.add(first);
    for (int i = 1; i <= 5_000; i++) {
      line.add(waiting(i, needs("", "zone=a", 1, 100 + i)));
    }
    Waiting last = waiting(5_001, needs("", "zone=b", 0, 0));
    line.add(last);

    assertThat(PlacementPass.run(line, rooms, Integer.MAX_VALUE))
        .extracting(Placed::job)
        .containsExactly(first, last);
  }

  @Example
  void jobsForManyWorkersThatAreAwayDoNotHoldUpOneThatAnyMayRun() {
    WaitingLine line = new WaitingLine();
    Rooms rooms = new Rooms();
    for (int i = 0; i < 150; i++) {
      rooms.update(node("n" + i, Node.State.ONLINE, "a", 2, 8, 10_000));
    }
    for (int i = 0; i < 3_000; i++) {
      line.add(waiting(i, needs("gone" + i, "", 0, 0)));
    }
    Waiting last = waiting(3_000, needs("", "", 0, 0));
    line.add(last);

    assertThat(PlacementPass.run(line, rooms, Integer.MAX_VALUE))
        .extracting(Placed::job)
        .containsExactly(last);
  }

  private static Waiting waiting(long number, Requirements needs) {
    return new Waiting(new JobId(new UUID(1, number).toString()), needs, 0, number);
  }
}
