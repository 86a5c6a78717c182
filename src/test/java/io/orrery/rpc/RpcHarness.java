package io.orrery.rpc;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;

import io.orrery.config.TlsFiles;
import io.orrery.security.Identity;
import io.orrery.security.Role;
import io.orrery.security.TestParties;
import io.orrery.security.Tls;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.VerticleBase;
import io.vertx.core.Vertx;
import io.vertx.core.net.SocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.Predicate;

/** A server and clients of one authority on loopback, and what nobody caught. */
final class RpcHarness {
  static final Predicate<Identity> SCHEDULER = peer -> peer.role() == Role.SCHEDULER;

  final TestParties parties;
  final Vertx vertx = Vertx.vertx();
  final Queue<Throwable> uncaught = new ConcurrentLinkedQueue<>();
  private final TlsFiles serverFiles;
  private RpcServer server;
  private Context serverContext;
  private int port;

  RpcHarness(Path directory) {
    parties = new TestParties(directory);
    serverFiles = parties.party(Role.SCHEDULER, "sun", "localhost", "127.0.0.1");
    vertx.exceptionHandler(uncaught::add);
  }

  /** Serves on a context of its own. */
  RpcHarness serve(RpcLimits limits, Consumer<RpcServer> methods) throws Exception {
    VerticleBase verticle =
        new VerticleBase() {
          @Override
          public Future<?> start() {
            server =
                RpcServer.create(
                    vertx, new RpcServerOptions("127.0.0.1", 0, Tls.server(serverFiles), limits));
            methods.accept(server);
            serverContext = context;
            return server.listen().onSuccess(bound -> port = bound);
          }
        };
    vertx.deployVerticle(verticle).await(10, SECONDS);
    return this;
  }

  int port() {
    return port;
  }

  SocketAddress address() {
    return SocketAddress.inetSocketAddress(port, "localhost");
  }

  RpcClient client(Role role, String name) {
    return RpcClient.create(vertx, Tls.client(parties.party(role, name)));
  }

  /** Closes the server's connections without a word to the streams on them. */
  void disconnect() throws Exception {
    vertx.undeploy(serverContext.deploymentID()).await(10, SECONDS);
  }

  Future<Void> shutdown(Duration grace) {
    Promise<Void> done = Promise.promise();
    serverContext.runOnContext(_ -> server.shutdown(grace).onComplete(done));
    return done.future();
  }

  /** Waits for what must come true within ten seconds. */
  static void await(String what, BooleanSupplier condition) throws InterruptedException {
    long end = System.nanoTime() + SECONDS.toNanos(10);
    while (!condition.getAsBoolean()) {
      assertThat(System.nanoTime()).as("time for: " + what).isLessThan(end);
      Thread.sleep(5);
    }
  }

  void close() throws Exception {
    vertx.close().await(20, SECONDS);
    assertThat(uncaught).as("exceptions that nobody caught").isEmpty();
  }
}
