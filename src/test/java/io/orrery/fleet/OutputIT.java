package io.orrery.fleet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.orrery.job.ApiException;
import io.orrery.job.Reason;
import io.orrery.rpc.RpcClient;
import io.orrery.v1.Job;
import io.orrery.v1.JobState;
import io.orrery.v1.OutputStream;
import io.orrery.v1.StartJobRequest;
import io.orrery.v1.StreamJobRequest;
import io.orrery.v1.StreamPosition;
import io.orrery.v1.WorkerGrpcClient;
import io.vertx.core.Future;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OutputIT {
  @TempDir static Path home;
  private static Fleet fleet;
  private static Fleet.Node worker;
  private static RpcClient admin;

  @BeforeAll
  static void start() throws Exception {
    fleet = Fleet.start(home);
    worker = fleet.startWorker("w1");
    admin = fleet.admin();
  }

  @AfterAll
  static void stop() throws Exception {
    fleet.close();
  }

  private static StartJobRequest.Builder shell(String script) {
    return StartJobRequest.newBuilder().setCommand("bash").addArgs("-c").addArgs(script);
  }

  private static String start(StartJobRequest.Builder request) throws Exception {
    return fleet.call(admin, WorkerGrpcClient.StartJob, request.build()).getJobId();
  }

  private static Future<Reader> follow(StreamJobRequest.Builder request) {
    return Reader.follow(fleet, fleet.schedulerPort(), admin, request.build());
  }

  private static StreamJobRequest.Builder stream(String job) {
    return StreamJobRequest.newBuilder().setJobId(job);
  }

  private static byte[] random(int size) {
    byte[] bytes = new byte[size];
    new Random(42).nextBytes(bytes);
    return bytes;
  }

  @Test
  void sixtyFourMebibytesOfRandomBytesArriveExactly() throws Exception {
    byte[] bytes = random(64 << 20);
    Path file = Files.write(home.resolve("random"), bytes);

    Reader reader = Reader.read(fleet, admin, start(shell("cat " + file)));

    assertThat(reader.stdout().length).isEqualTo(bytes.length);
    assertThat(Arrays.mismatch(reader.stdout(), bytes)).isEqualTo(-1);
    assertThat(reader.finalJob().getState()).isEqualTo(JobState.JOB_STATE_SUCCEEDED);
    assertThat(reader.finalJob().getStdoutBytes()).isEqualTo(bytes.length);
  }

  @Test
  void tenReadersLateAndEarlyGetTheSameBytes() throws Exception {
    Path gate = home.resolve("gate");
    String job =
        start(
            shell(
                "for i in $(seq 500); do echo line $i; echo err $i >&2; done;"
                    + " until [ -e %s ]; do sleep 0.01; done;".formatted(gate)
                    + " printf '\\xff\\x00\\xc3\\x28\\r\\n\\x1b[1m';"
                    + " for i in $(seq 500); do echo more $i; done"));
    List<Future<Reader>> readers = new ArrayList<>();
    for (int i = 0; i < 5; i++) {
      readers.add(follow(stream(job)));
    }
    Fleet.eventually("the first half is there", () -> stdoutBytes(job) >= 500 * 7);
    for (int i = 0; i < 3; i++) {
      readers.add(follow(stream(job)));
    }
    Files.createFile(gate);
    byte[] first = Fleet.await(readers.getFirst()).stdout();
    for (int i = 0; i < 2; i++) {
      readers.add(follow(stream(job)));
    }

    for (Future<Reader> reader : readers) {
      assertThat(Fleet.await(reader).stdout()).isEqualTo(first);
      assertThat(new String(Fleet.await(reader).stderr(), StandardCharsets.US_ASCII).lines())
          .hasSize(500);
    }
    assertThat(first)
        .isEqualTo(Files.readAllBytes(jobDirectory(job).resolve("stdout")))
        .contains(new byte[] {(byte) 0xff, 0, (byte) 0xc3, 0x28, '\r', '\n', 0x1b});
  }

  private static Path jobDirectory(String job) {
    return home.resolve("data/w1/jobs").resolve(job);
  }

  private static long stdoutBytes(String job) {
    return jobDirectory(job).resolve("stdout").toFile().length();
  }

  @Test
  void aReaderResumesWhereItWas() throws Exception {
    String job = start(shell("for i in $(seq 1000); do echo line $i; done; echo e >&2"));
    byte[] all = Reader.read(fleet, admin, job).stdout();

    for (int offset : new int[] {0, 1, 4000, all.length - 1, all.length}) {
      Reader reader =
          Fleet.await(
              follow(stream(job).setFrom(StreamPosition.newBuilder().setStdoutOffset(offset))));
      assertThat(reader.stdout()).isEqualTo(Arrays.copyOfRange(all, offset, all.length));
      assertThat(reader.finalJob().getStdoutBytes()).isEqualTo(all.length);
    }
    assertThatThrownBy(
            () ->
                Fleet.await(
                    follow(
                        stream(job)
                            .setFrom(StreamPosition.newBuilder().setStdoutOffset(all.length + 1)))))
        .isInstanceOfSatisfying(
            ApiException.class,
            refusal -> assertThat(refusal.reason()).isEqualTo(Reason.OFFSET_PAST_END));
  }

  @Test
  void aJobThatClosesItsOutputRunsOnAndSoDoItsReaders() throws Exception {
    Path gate = home.resolve("closed");
    String job =
        start(
            shell(
                "echo last; exec >&- 2>&-; echo unheard; until [ -e %s ]; do sleep 0.02; done;"
                        .formatted(gate)
                    + " exit 3"));
    Future<Reader> reader = follow(stream(job));
    Fleet.eventually("it has printed", () -> stdoutBytes(job) == 5);
    Reader now = Fleet.await(follow(stream(job).setNoFollow(true)));

    assertThat(now.finalJob().getState()).isEqualTo(JobState.JOB_STATE_RUNNING);
    assertThat(reader.isComplete()).isFalse();
    Files.createFile(gate);
    assertThat(Fleet.await(reader).stdout()).isEqualTo("last\n".getBytes("US-ASCII"));
    assertThat(Fleet.await(reader).finalJob().getEnd().getExitCode()).isEqualTo(3);
  }

  @Test
  void theLastLinesAndOneStreamAlone() throws Exception {
    String job = start(shell("seq 100; echo err >&2"));
    Reader.read(fleet, admin, job);

    StreamJobRequest.Builder lastTwo =
        stream(job).setLastLines(2).setStream(OutputStream.OUTPUT_STREAM_STDOUT);
    Reader tail = Fleet.await(tailOf(lastTwo));
    assertThat(tail.stdout()).isEqualTo("99\n100\n".getBytes("US-ASCII"));
    assertThat(tail.stderr()).isEmpty();
  }

  private static Future<Reader> tailOf(StreamJobRequest.Builder request) {
    return Reader.tail(fleet, fleet.schedulerPort(), admin, request.build());
  }

  @Test
  void mergedStderrComesInTheOrderOfTheKernel() throws Exception {
    String job =
        start(shell("for i in 1 2 3; do echo out $i; echo err $i >&2; done").setMergeStderr(true));
    Reader reader = Reader.read(fleet, admin, job);

    assertThat(new String(reader.stdout(), StandardCharsets.US_ASCII))
        .isEqualTo("out 1\nerr 1\nout 2\nerr 2\nout 3\nerr 3\n");
    assertThat(reader.stderr()).isEmpty();
  }

  @Test
  void aJobsStandardInputIsWhatCameWithIt() throws Exception {
    byte[] input = random(100_000);
    String job =
        start(
            StartJobRequest.newBuilder()
                .setCommand("cat")
                .setStdin(com.google.protobuf.ByteString.copyFrom(input)));

    assertThat(Reader.read(fleet, admin, job).stdout()).isEqualTo(input);
  }

  @Test
  void withoutFollowTheStreamEndsAtWhatIsThere() throws Exception {
    String job = start(shell("echo now; sleep 1000"));
    Fleet.eventually("the line is there", () -> stdoutBytes(job) == 4);

    Reader reader = Fleet.await(follow(stream(job).setNoFollow(true)));

    assertThat(reader.stdout()).isEqualTo("now\n".getBytes("US-ASCII"));
    Job now = reader.finalJob();
    assertThat(now.getState()).isEqualTo(JobState.JOB_STATE_RUNNING);
    assertThat(now.getStdoutBytes()).isEqualTo(4);
    fleet.call(
        admin,
        WorkerGrpcClient.StopJob,
        io.orrery.v1.StopJobRequest.newBuilder().setJobId(job).build());
  }
}
