package io.orrery.scheduler;

import static org.assertj.core.api.Assertions.assertThat;

import io.orrery.config.HostPort;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class KnownWorkersTest {
  @TempDir private Path directory;
  private final Vertx vertx = Vertx.vertx();

  @AfterEach
  void close() throws Exception {
    vertx.close().await(10, TimeUnit.SECONDS);
  }

  private static WorkerProfile profile(String name) {
    return new WorkerProfile(
        name,
        new HostPort("::1", 30000),
        Map.of("zone", "b"),
        new WorkerProfile.Capacity(4, 2, 1L << 40, List.of("memory")),
        "0.1.0");
  }

  private static Node node(String name, Node.State state) {
    Instant now = Instant.EPOCH;
    return new Node(
        WorkerIds.forName(name),
        "run",
        profile(name),
        new Node.Standing(state, "", now, now, now),
        0);
  }

  /** On one context, as the scheduler does. */
  private void remember(KnownWorkers known, List<Node> oneByOne) throws Exception {
    Future.<Void>future(
            done ->
                vertx.runOnContext(
                    _ -> {
                      Future<Void> last = Future.succeededFuture();
                      for (Node node : oneByOne) {
                        last = known.remember(node);
                      }
                      last.onComplete(done);
                    }))
        .await(10, TimeUnit.SECONDS);
  }

  private KnownWorkers open() {
    return new KnownWorkers(vertx, directory.resolve("data"));
  }

  @Test
  void knowsAfterARestartWhoHasNotLeft() throws Exception {
    remember(
        open(),
        List.of(
            node("w1", Node.State.UNREACHABLE),
            node("w2", Node.State.ONLINE),
            node("w2", Node.State.OFFLINE)));

    assertThat(open().before()).containsExactly(profile("w1"));
  }

  @Test
  void whatIsRememberedLastIsWhatTheFileSays() throws Exception {
    List<Node> nodes =
        IntStream.rangeClosed(1, 100).mapToObj(i -> node("w" + i, Node.State.ONLINE)).toList();
    KnownWorkers known = open();
    remember(known, nodes);
    remember(known, nodes.subList(0, 99).stream().map(each -> left(each.name())).toList());

    assertThat(open().before()).containsExactly(profile("w100"));
  }

  private static Node left(String name) {
    return node(name, Node.State.OFFLINE);
  }

  @Test
  void aFileThatIsDamagedOrMissingIsNoWorkers() throws Exception {
    assertThat(open().before()).isEmpty();
    Files.createDirectories(directory.resolve("data"));
    for (String text : new String[] {"", "{", "[{}]", "[1]", "[{\"name\": 7}]"}) {
      Files.writeString(directory.resolve("data/workers.json"), text);
      assertThat(open().before()).as(text).isEmpty();
    }
  }

  @Test
  void aDirectoryThatCannotBeWrittenKeepsNobodyFromRegistering() throws Exception {
    Files.writeString(directory.resolve("data"), "a file in its place");

    remember(open(), List.of(node("w1", Node.State.ONLINE)));

    assertThat(directory.resolve("data")).hasContent("a file in its place");
  }
}
