package io.orrery.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import com.google.protobuf.Timestamp;
import io.orrery.v1.EndCause;
import io.orrery.v1.GapReason;
import io.orrery.v1.Job;
import io.orrery.v1.JobEnd;
import io.orrery.v1.JobState;
import io.orrery.v1.ListWorkersResponse;
import io.orrery.v1.OutputGap;
import io.orrery.v1.OutputStream;
import io.orrery.v1.SchedulerGrpcService;
import io.orrery.v1.StartJobRequest;
import io.orrery.v1.StreamHeartbeat;
import io.orrery.v1.StreamJobRequest;
import io.orrery.v1.StreamJobResponse;
import io.orrery.v1.WorkerDescription;
import io.orrery.v1.WorkerGrpcService;
import io.orrery.v1.WorkerNode;
import io.vertx.grpc.common.GrpcStatus;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code run} and {@code start} against a server that answers as a test wants. */
final class RunIT {
  @TempDir static Path directory;
  private static FakeServer server;

  private final List<StartJobRequest> starts = new CopyOnWriteArrayList<>();
  private final List<StreamJobRequest> streams = new CopyOnWriteArrayList<>();

  @BeforeAll
  static void open() throws IOException {
    server = new FakeServer(directory.resolve("certs"));
  }

  @AfterAll
  static void close() throws Exception {
    server.close();
  }

  @BeforeEach
  void startsEveryJob() {
    server.answer(
        WorkerGrpcService.StartJob,
        request -> {
          starts.add(request);
          return FakeJobs.started(request);
        });
  }

  private void stream(StreamJobResponse... events) {
    server.on(
        WorkerGrpcService.StreamJob,
        (request, response) -> {
          streams.add(request);
          for (StreamJobResponse event : events) {
            response.write(event);
          }
          response.end();
        });
  }

  private static StreamJobResponse out(long offset, String text) {
    return FakeJobs.chunk(OutputStream.OUTPUT_STREAM_STDOUT, offset, text);
  }

  private static StreamJobResponse err(long offset, String text) {
    return FakeJobs.chunk(OutputStream.OUTPUT_STREAM_STDERR, offset, text);
  }

  private static Job ended(JobState state, JobEnd.Builder end) {
    return FakeJobs.running().toBuilder().setState(state).setEnd(end).build();
  }

  @Test
  void bothStreamsAndTheExitCodeAreTheJobs() {
    stream(
        FakeJobs.now(FakeJobs.running()),
        out(0, "one\n"),
        err(0, "oops"),
        out(4, "two"),
        FakeJobs.last(FakeJobs.exited(3)));

    Invocation run = Invocation.of(server, "run", "--", "bash", "-c", "x");

    assertThat(run.out()).isEqualTo("one\ntwo");
    assertThat(run.err()).isEqualTo("oops");
    assertThat(run.code()).isEqualTo(3);
    assertThat(starts).hasSize(1);
    assertThat(starts.getFirst().getCommand()).isEqualTo("bash");
    assertThat(streams.getFirst().getJobId()).isEqualTo(starts.getFirst().getJobId());
  }

  @Test
  void bytesThatAreNoTextArriveAsTheyAre() {
    byte[] bytes = new byte[256];
    for (int i = 0; i < 256; i++) {
      bytes[i] = (byte) i;
    }
    stream(
        FakeJobs.chunk(OutputStream.OUTPUT_STREAM_STDOUT, 0, ByteString.copyFrom(bytes)),
        FakeJobs.last(FakeJobs.exited(0)));

    Invocation run = Invocation.of(server, "run", "true");

    assertThat(run.out.toByteArray()).isEqualTo(bytes);
    assertThat(run.code()).isZero();
  }

  @Test
  void aMebibyteOfStandardInputArrivesWhateverTheWindows() {
    byte[] bytes = new byte[1 << 20];
    new Random(3).nextBytes(bytes);
    Invocation start =
        new Invocation(server.environment()).stdin(bytes).run("start", "--stdin", "-", "cat");

    assertThat(start.code()).as(start.err()).isZero();
    assertThat(starts.getFirst().getStdin().toByteArray()).isEqualTo(bytes);
  }

  @Test
  void aSignalIsToldAndIs128More() {
    stream(
        FakeJobs.last(
            ended(
                JobState.JOB_STATE_FAILED,
                JobEnd.newBuilder().setCause(EndCause.END_CAUSE_SIGNALLED).setSignal(9))));

    Invocation run = Invocation.of(server, "run", "true");

    assertThat(run.code()).isEqualTo(137);
    assertThat(run.err()).isEqualTo("orrery: job 0b8e7f2a ended: SIGKILL\n");
  }

  @Test
  void aLostJobIs125AndSaidSo() {
    stream(
        FakeJobs.last(
            ended(
                JobState.JOB_STATE_LOST,
                JobEnd.newBuilder()
                    .setCause(EndCause.END_CAUSE_UNOBSERVED)
                    .setMessage("the host was started again"))));

    Invocation run = Invocation.of(server, "run", "true");

    assertThat(run.code()).isEqualTo(125);
    assertThat(run.err()).contains("is lost").contains("the host was started again");
  }

  @Test
  void aStreamThatEndsInOrderWithoutTheFinalJobIsNeverASuccess() {
    stream(FakeJobs.now(FakeJobs.running()), out(0, "hello"));

    Invocation run = Invocation.of(server, "run", "--reconnect-timeout", "700ms", "true");

    assertThat(run.code()).isEqualTo(125);
    assertThat(run.out()).isEqualTo("hello");
    assertThat(run.err())
        .contains("lost the connection (the server ended the stream before the job's end)")
        .contains("orrery: how the job ends is unknown; to read on: orrery logs -f --offset 5,0 ")
        .contains("orrery: and for its exit code: orrery wait ");
    assertThat(streams).hasSizeGreaterThan(1);
  }

  @Test
  void aFinalJobWithMoreBytesThanCameIsNoEnd() {
    Job end = FakeJobs.exited(0).toBuilder().setStdoutBytes(10).build();
    server.on(
        WorkerGrpcService.StreamJob,
        (request, response) -> {
          streams.add(request);
          if (streams.size() == 1) {
            response.write(out(0, "01234"));
          } else {
            response.write(out(request.getFrom().getStdoutOffset(), "56789"));
          }
          response.end(FakeJobs.last(end));
        });

    Invocation run = Invocation.of(server, "run", "true");

    assertThat(run.out()).isEqualTo("0123456789");
    assertThat(run.code()).isZero();
  }

  @Test
  void aGapThatIsToldIsPassedOn() {
    stream(
        out(0, "abc"),
        StreamJobResponse.newBuilder()
            .setGap(
                OutputGap.newBuilder()
                    .setStream(OutputStream.OUTPUT_STREAM_STDOUT)
                    .setFromOffset(3)
                    .setToOffset(10)
                    .setReason(GapReason.GAP_REASON_LIMIT))
            .build(),
        out(10, "k"),
        StreamJobResponse.newBuilder()
            .setHeartbeat(StreamHeartbeat.newBuilder().setTime(Timestamp.getDefaultInstance()))
            .build(),
        FakeJobs.last(FakeJobs.exited(0).toBuilder().setStdoutBytes(11).build()));

    Invocation run = Invocation.of(server, "run", "true");

    assertThat(run.out()).isEqualTo("abck");
    assertThat(run.err())
        .isEqualTo(
            "orrery: 7 bytes of stdout are missing from offset 3:"
                + " dropped at the stream's size limit\n");
  }

  @Test
  void bytesThatComeTwiceAreShownOnce() {
    stream(out(0, "abcd"), out(2, "cdef"), out(0, "ab"), FakeJobs.last(FakeJobs.exited(0)));

    assertThat(Invocation.of(server, "run", "true").out()).isEqualTo("abcdef");
  }

  @Test
  void aRefusalIsOneLineAnd125() {
    server.on(
        WorkerGrpcService.StartJob,
        (_, response) ->
            FakeServer.refuse(
                response,
                GrpcStatus.PERMISSION_DENIED,
                "the worker does not allow rm",
                FakeServer.info("COMMAND_NOT_ALLOWED")));

    Invocation run = Invocation.of(server, "run", "rm");

    assertThat(run.code()).isEqualTo(125);
    assertThat(run.out()).isEmpty();
    assertThat(run.err()).isEqualTo("orrery: the worker does not allow rm\n");
  }

  @Test
  void aStartWhoseReplyIsLostIsAskedAgainUnderTheSameId() {
    server.on(
        WorkerGrpcService.StartJob,
        (request, response) -> {
          starts.add(request);
          if (starts.size() == 1) {
            server.cut();
          } else {
            response.end(FakeJobs.started(request));
          }
        });

    Invocation start = Invocation.of(server, "start", "true");

    assertThat(start.code()).isZero();
    assertThat(starts).hasSize(2);
    assertThat(starts.get(1)).isEqualTo(starts.get(0));
    assertThat(start.out()).isEqualTo(starts.getFirst().getJobId() + "\n");
  }

  @Test
  void aReaderThatLeavesEndsUsQuietlyAsSigpipe() {
    stream(out(0, "y\n"), FakeJobs.last(FakeJobs.exited(0)));

    Invocation run =
        new Invocation(server.environment())
            .stdout(new FailingOutput("Broken pipe"))
            .run("run", "yes");

    assertThat(run.code()).isEqualTo(141);
    assertThat(run.err()).isEmpty();
  }

  @Test
  void aFullDiskIsToldWithTheWayOn() {
    stream(FakeJobs.now(FakeJobs.running()), out(0, "y\n"), FakeJobs.last(FakeJobs.exited(0)));

    Invocation run =
        new Invocation(server.environment())
            .stdout(new FailingOutput("No space left on device"))
            .run("run", "yes");

    assertThat(run.code()).isEqualTo(125);
    assertThat(run.err())
        .contains("the job goes on; to read on: orrery logs -f " + FakeJobs.ID)
        .contains("cannot write the output: No space left on device");
  }

  @Test
  void jsonHasTheBytesInBase64() {
    stream(out(0, "hi"), FakeJobs.last(FakeJobs.exited(0)));

    Invocation run = Invocation.of(server, "run", "--json", "true");

    String id = starts.getFirst().getJobId();
    assertThat(run.out().lines())
        .hasSize(2)
        .allSatisfy(line -> assertThat(line).startsWith("{\"job_id\":\"" + id + "\",\""));
    assertThat(run.out()).contains("\"data\":\"aGk=\"").contains("\"final_job\":{");
  }

  @Test
  void allRunsOnEveryWorkerWithTheirNamesBeforeTheLines() {
    server.answer(
        SchedulerGrpcService.ListWorkers,
        _ ->
            ListWorkersResponse.newBuilder()
                .addWorkers(worker("id-a", "a"))
                .addWorkers(worker("id-b", "b"))
                .build());
    stream(out(0, "x\ny"), FakeJobs.last(FakeJobs.exited(2)));

    Invocation run = Invocation.of(server, "run", "--all", "-l", "zone=1", "true");

    assertThat(run.out().lines()).containsExactlyInAnyOrder("a: x", "a: y", "b: x", "b: y");
    assertThat(run.code()).isEqualTo(2);
    assertThat(starts)
        .extracting(StartJobRequest::getWorkerId)
        .containsExactlyInAnyOrder("id-a", "id-b");
  }

  @Test
  void ofAnArrayTheHighestCodeIsOurs() {
    server.on(
        WorkerGrpcService.StreamJob,
        (request, response) -> {
          String index =
              starts.stream()
                  .filter(start -> start.getJobId().equals(request.getJobId()))
                  .findFirst()
                  .orElseThrow()
                  .getEnvMap()
                  .get("ORRERY_ARRAY_INDEX");
          response.end(FakeJobs.last(FakeJobs.exited(Integer.parseInt(index))));
        });

    assertThat(Invocation.of(server, "run", "--array", "0-5", "true").code()).isEqualTo(5);
    assertThat(starts).hasSize(6);
  }

  private static WorkerNode worker(String id, String name) {
    return WorkerNode.newBuilder()
        .setWorkerId(id)
        .setWorker(WorkerDescription.newBuilder().setName(name))
        .build();
  }
}
