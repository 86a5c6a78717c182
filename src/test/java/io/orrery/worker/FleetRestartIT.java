package io.orrery.worker;

import static org.assertj.core.api.Assertions.assertThat;

import io.orrery.config.HostPort;
import io.orrery.config.SchedulerOptions;
import io.orrery.config.TlsFiles;
import io.orrery.rpc.CallOptions;
import io.orrery.rpc.RpcClient;
import io.orrery.rpc.RpcServer;
import io.orrery.rpc.RpcServerOptions;
import io.orrery.rpc.Times;
import io.orrery.scheduler.SchedulerServer;
import io.orrery.security.Role;
import io.orrery.security.TestParties;
import io.orrery.security.Tls;
import io.orrery.v1.ListWorkersRequest;
import io.orrery.v1.SchedulerGrpcClient;
import io.orrery.v1.WorkerDescription;
import io.orrery.v1.WorkerNode;
import io.orrery.v1.WorkerState;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonObject;
import io.vertx.core.net.SocketAddress;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A scheduler that is started anew under a hundred workers. */
class FleetRestartIT {
  private static final int WORKERS = 100;

  @TempDir private Path directory;
  private final Vertx vertx = Vertx.vertx();
  private final List<Registered> workers = new ArrayList<>();
  private TestParties parties;
  private RpcClient admin;
  private int port;

  /** The half of a worker that talks with its scheduler, and a server that answers for it. */
  private static final class Registered extends VerticleBase {
    private final String name;
    private final TlsFiles files;
    private final WorkerIdentity identity;
    private final int schedulerPort;
    private @Nullable SchedulerLink link;

    Registered(String name, TlsFiles files, WorkerIdentity identity, int schedulerPort) {
      this.name = name;
      this.files = files;
      this.identity = identity;
      this.schedulerPort = schedulerPort;
    }

    @Override
    public Future<?> start() {
      return RpcServer.create(vertx, new RpcServerOptions("127.0.0.1", 0, Tls.server(files)))
          .listen()
          .onSuccess(this::register);
    }

    private void register(int port) {
      SchedulerCalls calls =
          new SchedulerCalls(
              vertx,
              RpcClient.create(vertx, Tls.client(files)),
              List.of(new HostPort("127.0.0.1", schedulerPort)),
              identity,
              WorkerDescription.newBuilder().setName(name).setAddress("127.0.0.1:" + port).build());
      link =
          new SchedulerLink(
              vertx,
              calls,
              new SchedulerLink.Subject(new JobTable(), new Fitness(), _ -> List.of()));
      link.start();
    }
  }

  @BeforeEach
  void prepare() throws Exception {
    parties = new TestParties(directory);
    admin = RpcClient.create(vertx, Tls.client(parties.party(Role.ADMIN, "admin")));
  }

  @AfterEach
  void close() throws Exception {
    vertx.close().await(60, TimeUnit.SECONDS);
  }

  private String startScheduler(int onPort) throws Exception {
    TlsFiles files = parties.party(Role.SCHEDULER, "sun", "localhost", "127.0.0.1");
    JsonObject json =
        new JsonObject()
            .put("port", onPort)
            .put("lease", "5s")
            .put(
                "tls",
                new JsonObject()
                    .put("ca", files.ca().toString())
                    .put("cert", files.cert().toString())
                    .put("key", files.key().toString()));
    SchedulerServer server = SchedulerServer.create(vertx, SchedulerOptions.parse(json, directory));
    return vertx
        .deployVerticle(
            new VerticleBase() {
              @Override
              public Future<?> start() {
                return server.start().onSuccess(bound -> port = bound);
              }

              @Override
              public Future<?> stop() {
                return server.stop();
              }
            })
        .await(20, TimeUnit.SECONDS);
  }

  private void startWorkers() throws IOException {
    for (int i = 0; i < WORKERS; i++) {
      String name = "w" + i;
      Path data = directory.resolve(name);
      Files.createDirectories(data);
      Registered worker =
          new Registered(
              name,
              parties.party(Role.WORKER, name, "127.0.0.1"),
              WorkerIdentity.load(name, data),
              port);
      workers.add(worker);
      vertx.deployVerticle(worker).await();
    }
  }

  private List<WorkerNode> list() throws Exception {
    return admin
        .call(
            SocketAddress.inetSocketAddress(port, "127.0.0.1"),
            _ -> true,
            SchedulerGrpcClient.ListWorkers,
            ListWorkersRequest.newBuilder().setPageSize(WORKERS + 1).build(),
            CallOptions.within(Duration.ofSeconds(10)))
        .await(20, TimeUnit.SECONDS)
        .getWorkersList();
  }

  private static boolean areAllBack(List<WorkerNode> nodes) {
    return nodes.size() == WORKERS
        && nodes.stream()
            .allMatch(
                node ->
                    node.getState() == WorkerState.WORKER_STATE_ONLINE && node.hasRegisterTime());
  }

  @Test
  void nobodyIsCalledUnreachableAndTheyDoNotComeInOneBurst() throws Exception {
    String scheduler = startScheduler(0);
    startWorkers();
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
    while (!areAllBack(list())) {
      assertThat(System.nanoTime()).as("time to come").isLessThan(end);
      TimeUnit.MILLISECONDS.sleep(20);
    }
    vertx.undeploy(scheduler).await(20, TimeUnit.SECONDS);
    // Until each has been refused, as heartbeats are a third of a lease apart.
    long down = System.nanoTime() + TimeUnit.SECONDS.toNanos(3);
    while (System.nanoTime() < down) {
      TimeUnit.MILLISECONDS.sleep(20);
    }

    startScheduler(port);

    List<WorkerNode> nodes = list();
    end = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
    while (!areAllBack(nodes)) {
      assertThat(nodes).hasSize(WORKERS);
      assertThat(nodes)
          .extracting(WorkerNode::getState)
          .containsOnly(WorkerState.WORKER_STATE_ONLINE);
      assertThat(System.nanoTime()).as("time to come back").isLessThan(end);
      TimeUnit.MILLISECONDS.sleep(20);
      nodes = list();
    }
    List<Instant> times =
        nodes.stream().map(node -> Times.instant(node.getRegisterTime())).sorted().toList();
    for (int i = 0; i + WORKERS / 2 < WORKERS; i++) {
      assertThat(Duration.between(times.get(i), times.get(i + WORKERS / 2)))
          .as("half of them come spread")
          .isGreaterThan(Duration.ofMillis(100));
    }
  }
}
