package io.orrery.fleet;

import static org.assertj.core.api.Assertions.assertThat;

import io.orrery.output.BusRegistrations;
import io.orrery.rpc.CallOptions;
import io.orrery.rpc.ReplySource;
import io.orrery.rpc.RpcClient;
import io.orrery.security.Identity;
import io.orrery.security.Role;
import io.orrery.security.Tls;
import io.orrery.v1.StartJobRequest;
import io.orrery.v1.StreamJobRequest;
import io.orrery.v1.WorkerGrpcClient;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.metrics.MetricsOptions;
import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Objects;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Readers that leave in every way and at any moment. {@code -Dorrery.readers=10000} for many,
 * {@code -Dorrery.seed=…} for the same again.
 */
class ReadersComeAndGoIT {
  private static final int READERS = Integer.getInteger("orrery.readers", 400);
  private static final long SEED = Long.getLong("orrery.seed", System.nanoTime());

  @TempDir Path home;
  private final Random random = new Random(SEED);
  private final BusRegistrations registrations = new BusRegistrations();
  private final StreamJobRequest.Builder request = StreamJobRequest.newBuilder();
  private Fleet fleet;
  private RpcClient admin;

  private Vertx vertx() {
    return Vertx.builder()
        .with(new VertxOptions().setMetricsOptions(new MetricsOptions().setEnabled(true)))
        .withMetrics(registrations)
        .build();
  }

  private Future<ReplySource> open(RpcClient client, int port) {
    return client.stream(
        fleet.address(port),
        _ -> true,
        WorkerGrpcClient.StreamJob,
        request.build(),
        CallOptions.within(Duration.ofSeconds(30)));
  }

  /** Comes and goes once. */
  private void visit(int port) throws Exception {
    switch (random.nextInt(16)) {
      case 0 -> leaveWithTheConnection(port);
      case 1, 2, 3, 4 -> Fleet.await(open(admin, port).onSuccess(ReplySource::cancel));
      case 5, 6, 7, 8 -> {
        ReplySource source = Fleet.await(open(admin, port)); // takes nothing
        source.cancel();
      }
      default -> {
        ReplySource source = Fleet.await(open(admin, port));
        readSome(source, 1 + random.nextInt(3));
        source.cancel();
      }
    }
  }

  private static void readSome(ReplySource source, int messages) throws Exception {
    Promise<Void> enough = Promise.promise();
    int[] left = {messages};
    source.handler(
        _ -> {
          left[0]--;
          if (left[0] == 0) {
            enough.complete();
          }
        });
    source.resume();
    Fleet.await(enough.future());
  }

  private void leaveWithTheConnection(int port) throws Exception {
    RpcClient client =
        RpcClient.create(fleet.vertx(), Tls.client(fleet.issue(new Identity(Role.VIEWER, "vera"))));
    readSome(Fleet.await(open(client, port)), 1);
    Fleet.await(client.close());
  }

  private static int openFiles() {
    return Objects.requireNonNull(new File("/proc/self/fd").list()).length;
  }

  @Test
  void leaveNothingBehind() throws Exception {
    Path gate = home.resolve("gate");
    String script = "until [ -e " + gate + " ]; do echo line; sleep 0.01; done";
    try (Fleet opened = Fleet.prepare(home, vertx())) {
      fleet = opened;
      fleet.startScheduler(0);
      int[] ports = {fleet.schedulerPort(), fleet.startWorker("w1").port()};
      admin = fleet.admin();
      StartJobRequest start =
          StartJobRequest.newBuilder().setCommand("bash").addArgs("-c").addArgs(script).build();
      request.setJobId(fleet.call(admin, WorkerGrpcClient.StartJob, start).getJobId());
      final Future<Reader> witness = Reader.follow(fleet, ports[0], admin, request.build());
      for (int i = 0; i < 32; i++) {
        visit(ports[i % 2]); // what is made once and kept is there then
      }
      long before = settled();
      int files = openFiles();

      for (int i = 0; i < READERS; i++) {
        visit(ports[random.nextInt(2)]);
      }

      String seed = "seed " + SEED;
      Fleet.eventually("the bus as before, " + seed, () -> registrations.count() == before);
      Fleet.eventually("the files as before, " + seed, () -> openFiles() <= files);
      Files.createFile(gate);
      Reader reader = Fleet.await(witness);
      assertThat(reader.stdout().length).isEqualTo((int) reader.finalJob().getStdoutBytes());
    }
  }

  /** Registrations with the witness alone. */
  private long settled() throws Exception {
    long[] last = {-1, 0};
    Fleet.eventually(
        "the first readers have left",
        () -> {
          long now = registrations.count();
          last[1] = now == last[0] ? last[1] + 1 : 0;
          last[0] = now;
          return last[1] == 20;
        });
    return last[0];
  }
}
