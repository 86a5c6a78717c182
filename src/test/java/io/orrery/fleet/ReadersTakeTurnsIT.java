package io.orrery.fleet;

import static org.assertj.core.api.Assertions.assertThat;

import io.orrery.rpc.CallOptions;
import io.orrery.v1.StartJobRequest;
import io.orrery.v1.StreamJobRequest;
import io.orrery.v1.WorkerGrpcClient;
import io.vertx.core.Future;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Many readers of one connection, each of which takes what it gets. */
class ReadersTakeTurnsIT {
  private static final int READERS = 16;

  /** Much more than the window of a stream, which the first have a start of. */
  private static final int SIZE = 24 << 20;

  @TempDir Path home;
  private Fleet fleet;
  private final List<SummingReader> readers = new ArrayList<>();

  private String job() throws Exception {
    String script = "head -c " + SIZE + " /dev/urandom";
    StartJobRequest request =
        StartJobRequest.newBuilder().setCommand("bash").addArgs("-c").addArgs(script).build();
    String job = fleet.call(fleet.admin(), WorkerGrpcClient.StartJob, request).getJobId();
    SummingReader first = open(fleet.schedulerPort(), job);
    Fleet.await(first.read());
    return job;
  }

  private SummingReader open(int port, String job) throws Exception {
    return Fleet.await(
        fleet.admin().stream(
                fleet.address(port),
                _ -> true,
                WorkerGrpcClient.StreamJob,
                StreamJobRequest.newBuilder().setJobId(job).build(),
                CallOptions.within(Duration.ofSeconds(30)))
            .map(source -> new SummingReader(source, 0)));
  }

  /** How far the others are when the first has all. */
  private long slowestWhenTheFirstIsDone(int port, String job) throws Exception {
    readers.clear();
    for (int i = 0; i < READERS; i++) {
      readers.add(open(port, job));
    }
    List<Future<Void>> ends = readers.stream().map(SummingReader::read).toList();
    Future<Long> slowest =
        Future.any(ends)
            .map(_ -> readers.stream().mapToLong(SummingReader::size).min().orElseThrow());
    Fleet.await(Future.all(ends));
    assertThat(readers).extracting(SummingReader::sum).containsOnly(readers.getFirst().sum());
    return Fleet.await(slowest);
  }

  @Test
  void noneHasAllWhileAnotherWaits() throws Exception {
    try (Fleet opened = Fleet.start(home)) {
      fleet = opened;
      int worker = fleet.startWorker("w1").port();
      String job = job();

      assertThat(slowestWhenTheFirstIsDone(worker, job)).isGreaterThan(SIZE / 2);
      assertThat(slowestWhenTheFirstIsDone(fleet.schedulerPort(), job)).isGreaterThan(SIZE / 2);
    }
  }
}
