package io.orrery.bench;

import io.orrery.config.TlsFiles;
import io.orrery.security.CertificateAuthority;
import io.orrery.security.Identity;
import io.orrery.security.Role;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.net.SocketAddress;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * Very many workers in one process: each with a certificate, a gRPC server at an address and a
 * connection of its own, so that the scheduler has the work that as many processes would make. Prints {@code ready} when all are registered, and goes on until it is killed.
 */
final class FleetSim {
  private static final int AT_ONE_TIME = 20;

  private final Vertx vertx;
  private final Path certs;
  private final SocketAddress scheduler;
  private final long periodMillis;
  private final int slots;
  private int failures;

  private FleetSim(
      Vertx vertx, Path certs, SocketAddress scheduler, long periodMillis, int slots) {
    this.slots = slots;
    this.vertx = vertx;
    this.certs = certs;
    this.scheduler = scheduler;
    this.periodMillis = periodMillis;
  }

  /** Arguments: the certificates' directory, the scheduler's port, how many, milliseconds, slots. */
  public static void main(String[] args) throws Exception {
    Path certs = Path.of(args[0]);
    int count = Integer.parseInt(args[2]);
    CertificateAuthority authority = new CertificateAuthority(certs, InstantSource.system());
    for (int i = 0; i < count; i++) {
      issue(authority, certs, name(i));
    }
    System.out.println("issued");
    Vertx vertx = Vertx.vertx();
    FleetSim sim =
        new FleetSim(
            vertx,
            certs,
            SocketAddress.inetSocketAddress(Integer.parseInt(args[1]), "127.0.0.1"),
            Long.parseLong(args[3]),
            Integer.parseInt(args[4]));
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

  /** A line of the bench that came before may have left some. */
  private static void issue(CertificateAuthority authority, Path certs, String name)
      throws IOException {
    if (Files.exists(certs.resolve(name + ".crt"))) {
      return;
    }
    authority.issue(
        new Identity(Role.WORKER, name), List.of("127.0.0.1"), Duration.ofDays(1), false);
  }

  private Future<Void> start(String name) {
    TlsFiles files =
        new TlsFiles(
            certs.resolve("ca.crt"), certs.resolve(name + ".crt"), certs.resolve(name + ".key"));
    SimWorker worker = new SimWorker(vertx, files, scheduler, name, slots);
    return worker
        .start()
        .onSuccess(_ -> worker.beat(periodMillis, _ -> failures++));
  }
}
