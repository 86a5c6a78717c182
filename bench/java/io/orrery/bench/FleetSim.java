package io.orrery.bench;

import io.orrery.config.TlsFiles;
import io.orrery.rpc.CallOptions;
import io.orrery.rpc.RpcClient;
import io.orrery.rpc.RpcServer;
import io.orrery.rpc.RpcServerOptions;
import io.orrery.security.CertificateAuthority;
import io.orrery.security.Identity;
import io.orrery.security.Role;
import io.orrery.security.Tls;
import io.orrery.v1.HeartbeatRequest;
import io.orrery.v1.RegisterWorkerRequest;
import io.orrery.v1.SchedulerGrpcClient;
import io.orrery.v1.WorkerDescription;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.net.SocketAddress;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;

/**
 * Very many workers without jobs in one process: each with a certificate, a gRPC server at an
 * address and a connection of its own, so that the scheduler has the work that as many processes
 * would make. Prints {@code ready} when all are registered, and goes on until it is killed.
 */
final class FleetSim {
  private static final int AT_ONE_TIME = 20;
  private static final CallOptions OPTIONS = CallOptions.within(Duration.ofSeconds(60));

  private final Vertx vertx;
  private final Path certs;
  private final SocketAddress scheduler;
  private final long periodMillis;
  private int failures;

  private FleetSim(Vertx vertx, Path certs, SocketAddress scheduler, long periodMillis) {
    this.vertx = vertx;
    this.certs = certs;
    this.scheduler = scheduler;
    this.periodMillis = periodMillis;
  }

  /** Arguments: the certificates' directory, the scheduler's port, how many, milliseconds. */
  public static void main(String[] args) throws Exception {
    Path certs = Path.of(args[0]);
    int count = Integer.parseInt(args[2]);
    CertificateAuthority authority = new CertificateAuthority(certs, InstantSource.system());
    for (int i = 0; i < count; i++) {
      issue(authority, name(i));
    }
    System.out.println("issued");
    Vertx vertx = Vertx.vertx();
    FleetSim sim =
        new FleetSim(
            vertx,
            certs,
            SocketAddress.inetSocketAddress(Integer.parseInt(args[1]), "127.0.0.1"),
            Long.parseLong(args[3]));
    for (int first = 0; first < count; first += AT_ONE_TIME) {
      int from = first;
      int to = Math.min(count, first + AT_ONE_TIME);
      List<Future<Void>> some =
          java.util.stream.IntStream.range(from, to).mapToObj(i -> sim.start(name(i))).toList();
      Future.all(some).await(120, TimeUnit.SECONDS);
    }
    System.out.println("ready");
    while (true) {
      TimeUnit.SECONDS.sleep(10);
      System.err.println(sim.failures + " heartbeats failed");
    }
  }

  private static String name(int number) {
    return "sim-" + number;
  }

  private static void issue(CertificateAuthority authority, String name) throws IOException {
    authority.issue(
        new Identity(Role.WORKER, name), List.of("127.0.0.1"), Duration.ofDays(1), false);
  }

  private Future<Void> start(String name) {
    TlsFiles files =
        new TlsFiles(
            certs.resolve("ca.crt"), certs.resolve(name + ".crt"), certs.resolve(name + ".key"));
    RpcClient client = RpcClient.create(vertx, Tls.client(files));
    String incarnation = UUID.randomUUID().toString();
    return RpcServer.create(vertx, new RpcServerOptions("127.0.0.1", 0, Tls.server(files)))
        .listen()
        .compose(port -> register(client, name, incarnation, port))
        .map(id -> beat(client, id, incarnation));
  }

  private Future<String> register(RpcClient client, String name, String incarnation, int port) {
    RegisterWorkerRequest request =
        RegisterWorkerRequest.newBuilder()
            .setIncarnation(incarnation)
            .setWorker(
                WorkerDescription.newBuilder()
                    .setName(name)
                    .setAddress("127.0.0.1:" + port)
                    .setSlots(1)
                    .setCpus(1)
                    .setMemoryBytes(1 << 30))
            .build();
    return client
        .call(scheduler, _ -> true, SchedulerGrpcClient.RegisterWorker, request, OPTIONS)
        .map(response -> response.getWorkerId());
  }

  private Void beat(RpcClient client, String id, String incarnation) {
    HeartbeatRequest request =
        HeartbeatRequest.newBuilder().setWorkerId(id).setIncarnation(incarnation).build();
    vertx.setTimer(
        ThreadLocalRandom.current().nextLong(1, periodMillis),
        _ ->
            vertx.setPeriodic(
                periodMillis,
                _ ->
                    client
                        .call(scheduler, _ -> true, SchedulerGrpcClient.Heartbeat, request, OPTIONS)
                        .onFailure(_ -> failures++)));
    return null;
  }
}
