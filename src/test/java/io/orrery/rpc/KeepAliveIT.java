package io.orrery.rpc;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.handler.codec.http2.Http2Exception;
import io.orrery.security.Role;
import io.orrery.security.TestParties;
import io.orrery.security.Tls;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServer;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Connections whose peer answers pings, and those whose peer does not. */
final class KeepAliveIT {
  private static final Duration INTERVAL = Duration.ofMillis(100);

  @TempDir Path directory;
  private final Vertx vertx = Vertx.vertx();
  private final AtomicInteger closed = new AtomicInteger();

  @AfterEach
  void close() throws Exception {
    vertx.close().await(10, SECONDS);
  }

  private RawHttp2 connect() throws Exception {
    return connect(INTERVAL);
  }

  private RawHttp2 connect(Duration interval) throws Exception {
    TestParties parties = new TestParties(directory);
    return new RawHttp2(listen(parties, interval), parties.party(Role.ADMIN, "anna"));
  }

  /** A server that answers no call. */
  private int listen(TestParties parties, Duration interval) throws Exception {
    HttpServer server =
        vertx
            .createHttpServer(Tls.server(parties.party(Role.SCHEDULER, "sun", "localhost")))
            .requestHandler(_ -> {})
            .connectionHandler(
                connection -> {
                  KeepAlive.begin(vertx, connection, interval);
                  connection.closeHandler(_ -> closed.incrementAndGet());
                });
    return server.listen(0, "localhost").await(10, SECONDS).actualPort();
  }

  @Test
  void aConnectionWhosePeerAnswersIsKept() throws Exception {
    try (RawHttp2 client = connect()) {
      while (client.pings() < 10) {
        client.read();
      }
      assertThat(closed).hasValue(0);
    }
  }

  @Test
  void aConnectionWhosePeerDoesNotAnswerIsClosed() throws Exception {
    RawHttp2 client = connect();
    RpcHarness.await("the close", () -> closed.get() == 1);
    assertThatThrownBy(
            () -> {
              while (true) {
                client.read();
              }
            })
        .isInstanceOf(IOException.class);
  }

  @Test
  void aConnectionOfWhichSomethingIsHeardIsNotPinged() throws Exception {
    Duration interval = INTERVAL.multipliedBy(5);
    try (RawHttp2 client = connect(interval)) {
      long begin = System.nanoTime();
      while (System.nanoTime() - begin < interval.multipliedBy(6).toNanos()) {
        client.ping();
        client.read();
      }
      assertThat(client.pings()).isLessThan(3);
      assertThat(closed).hasValue(0);
    }
  }

  @Test
  void aConnectionWithoutCallsIsPingedLessOften() throws Exception {
    TestParties parties = new TestParties(directory);
    Duration interval = INTERVAL.multipliedBy(2);
    int port = listen(parties, interval);
    try (RawHttp2 quiet = new RawHttp2(port, parties.party(Role.ADMIN, "anna"));
        RawHttp2 waiting = new RawHttp2(port, parties.party(Role.ADMIN, "bert"))) {
      waiting.open("orrery.v1.Worker/StreamJob", Map.of(), true);
      var unused = Thread.ofVirtual().start(() -> readOn(quiet));
      while (waiting.pings() < 16) {
        waiting.read();
      }
      assertThat(quiet.pings()).isBetween(1, 8);
      assertThat(closed).hasValue(0);
    }
  }

  private static void readOn(RawHttp2 client) {
    try {
      while (true) {
        client.read();
      }
    } catch (IOException | Http2Exception _) {
      // it was closed
    }
  }
}
