package io.orrery.fleet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.orrery.job.ApiException;
import io.orrery.job.Reason;
import io.orrery.output.Patience;
import io.orrery.rpc.CallOptions;
import io.orrery.rpc.RpcClient;
import io.orrery.v1.StartJobRequest;
import io.orrery.v1.StreamJobRequest;
import io.orrery.v1.StreamPosition;
import io.orrery.v1.WorkerGrpcClient;
import io.vertx.core.Future;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Some readers take nothing, on the same connections as others that take all they get. */
class StalledReaderIT {
  private static final int READERS = 50;
  private static final int STALLED = 80;
  private static final int SIZE = 8 << 20;

  /**
   * What may be under way to one that takes nothing: the window of its stream (256 KiB, at the
   * scheduler's other end twice that, as it took the first itself), three messages that were given
   * to the connection or came from it, and one that is half there.
   */
  private static final long MOST_AT_A_SERVER = 3 << 19;

  private static final Duration STALL = Duration.ofSeconds(5);

  @TempDir Path home;
  private Fleet fleet;
  private RpcClient admin;
  private String job = "";

  private Path gate(String name) {
    return home.resolve(name);
  }

  private String start() throws Exception {
    String wait = "until [ -e %s ]; do sleep 0.02; done; ";
    String script =
        wait.formatted(gate("print"))
            + "head -c %d /dev/urandom; ".formatted(SIZE)
            + wait.formatted(gate("end"))
            + "echo the end";
    StartJobRequest request =
        StartJobRequest.newBuilder().setCommand("bash").addArgs("-c").addArgs(script).build();
    return fleet.call(admin, WorkerGrpcClient.StartJob, request).getJobId();
  }

  private SummingReader open(int port, long offset) throws Exception {
    StreamJobRequest request =
        StreamJobRequest.newBuilder()
            .setJobId(job)
            .setFrom(StreamPosition.newBuilder().setStdoutOffset(offset))
            .build();
    return Fleet.await(
        admin.stream(
                fleet.address(port),
                _ -> true,
                WorkerGrpcClient.StreamJob,
                request,
                CallOptions.within(Duration.ofSeconds(10)))
            .map(source -> new SummingReader(source, offset)));
  }

  @Test
  void theOthersGetAllAtOnceAndTheyAreCutOffWithThePlaceToGoOnFrom() throws Exception {
    try (LogLines access = new LogLines("orrery.access");
        Fleet opened = Fleet.start(home)) {
      fleet = opened;
      fleet.setPatience(new Patience(Duration.ofMillis(200), STALL));
      int worker = fleet.startWorker("w1").port();
      admin = fleet.admin();
      job = start();
      int[] ports = {fleet.schedulerPort(), worker};
      List<SummingReader> stalled = new ArrayList<>();
      List<SummingReader> others = new ArrayList<>();
      List<Future<Void>> ends = new ArrayList<>();
      List<String> early = new CopyOnWriteArrayList<>();
      for (int port : ports) {
        for (int i = 0; i < STALLED / 2; i++) {
          stalled.add(open(port, 0));
        }
        for (int i = 0; i < READERS / 2; i++) {
          SummingReader reader = open(port, 0);
          others.add(reader);
          ends.add(reader.read());
        }
      }

      Files.createFile(gate("print"));
      for (Future<Void> end : ends) {
        end.onFailure(cut -> early.add(cut.toString()));
      }
      Fleet.eventually(
          "the others have all",
          () -> !early.isEmpty() || others.stream().allMatch(StalledReaderIT::hasAll));
      assertThat(early).isEmpty();
      Fleet.eventually(
          "they are cut off", () -> access.with("reason=SLOW_READER").size() == STALLED);
      Files.createFile(gate("end"));
      String expected = sum();

      for (int i = 0; i < others.size(); i++) {
        Fleet.await(ends.get(i));
        assertThat(others.get(i).sum()).isEqualTo(expected);
      }
      for (int i = 0; i < STALLED; i++) {
        int port = i / (STALLED / 2);
        assertGoesOn(ports[port], stalled.get(i), (2 - port) * MOST_AT_A_SERVER);
      }
    }
  }

  private static boolean hasAll(SummingReader reader) {
    return reader.size() >= SIZE;
  }

  /** One gets what was on its way, the reason, and from the place that it is told the rest. */
  private void assertGoesOn(int port, SummingReader stalled, long most) throws Exception {
    assertThatThrownBy(() -> Fleet.await(stalled.read()))
        .isInstanceOfSatisfying(
            ApiException.class,
            cut -> {
              assertThat(cut.reason()).isEqualTo(Reason.SLOW_READER);
              assertThat(cut.metadata())
                  .containsEntry("stdout_offset", Long.toString(stalled.size()));
            });
    assertThat(stalled.size()).isBetween(1L, most);
    SummingReader rest = open(port, stalled.size());
    Fleet.await(rest.read());
    assertThat(stalled.size() + rest.size()).isEqualTo(SIZE + "the end\n".length());
  }

  private String sum() throws Exception {
    Path file = home.resolve("data/w1/jobs").resolve(job).resolve("stdout");
    Fleet.eventually("the last line", () -> file.toFile().length() > SIZE);
    byte[] sum = MessageDigest.getInstance("SHA-256").digest(Files.readAllBytes(file));
    return HexFormat.of().formatHex(sum);
  }
}
