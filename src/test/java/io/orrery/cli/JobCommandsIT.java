package io.orrery.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Timestamp;
import com.google.protobuf.util.Durations;
import io.orrery.v1.Job;
import io.orrery.v1.JobState;
import io.orrery.v1.ListJobsRequest;
import io.orrery.v1.ListJobsResponse;
import io.orrery.v1.ListWorkersResponse;
import io.orrery.v1.OutputLoss;
import io.orrery.v1.OutputStream;
import io.orrery.v1.QueryJobResponse;
import io.orrery.v1.SchedulerGrpcService;
import io.orrery.v1.SignalJobRequest;
import io.orrery.v1.SignalJobResponse;
import io.orrery.v1.StopJobRequest;
import io.orrery.v1.StopJobResponse;
import io.orrery.v1.StreamJobRequest;
import io.orrery.v1.StreamPosition;
import io.orrery.v1.WorkerDescription;
import io.orrery.v1.WorkerGrpcService;
import io.orrery.v1.WorkerNode;
import io.vertx.grpc.common.GrpcStatus;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What asks about jobs and acts on them. */
final class JobCommandsIT {
  @TempDir static Path directory;
  private static FakeServer server;

  private final List<Object> requests = new CopyOnWriteArrayList<>();

  @BeforeAll
  static void open() throws IOException {
    server = new FakeServer(directory.resolve("certs"));
  }

  @AfterAll
  static void close() throws Exception {
    server.close();
  }

  @BeforeEach
  void knowsOneJob() {
    server.answer(
        WorkerGrpcService.QueryJob,
        request -> {
          requests.add(request);
          return QueryJobResponse.newBuilder().setJob(FakeJobs.running()).build();
        });
    server.answer(
        WorkerGrpcService.ListJobs,
        request -> {
          requests.add(request);
          return ListJobsResponse.newBuilder().addJobs(FakeJobs.running()).build();
        });
    server.on(
        WorkerGrpcService.StreamJob,
        (request, response) -> {
          requests.add(request);
          response.write(FakeJobs.chunk(OutputStream.OUTPUT_STREAM_STDOUT, 0, "a\nb\n"));
          response.write(FakeJobs.chunk(OutputStream.OUTPUT_STREAM_STDERR, 0, "e\n"));
          response.end(FakeJobs.last(FakeJobs.exited(3)));
        });
  }

  private StreamJobRequest streamRequest() {
    return (StreamJobRequest) requests.getLast();
  }

  @Test
  void statusIsForPeople() {
    Invocation status = Invocation.of(server, "status", "0b8e");

    assertThat(status.code()).isZero();
    assertThat(status.out())
        .contains("job       " + FakeJobs.ID + "\n")
        .contains("state     RUNNING\n")
        .contains("command   bash count.sh\n")
        .contains("started   2025-11-24T16:00:01Z\n");
  }

  @Test
  void whatTheDiskMayNotHaveTakenIsTold() {
    Timestamp start = Timestamp.newBuilder().setSeconds(1_764_000_002).build();
    Timestamp end = Timestamp.newBuilder().setSeconds(1_764_000_004).build();
    OutputLoss lasts = OutputLoss.newBuilder().setErrno("ENOSPC").setStartTime(start).build();
    Job running = FakeJobs.running().toBuilder().setOutputLoss(lasts).build();
    Job over =
        FakeJobs.exited(0).toBuilder().setOutputLoss(lasts.toBuilder().setEndTime(end)).build();
    Job certain =
        FakeJobs.exited(0).toBuilder().setOutputLoss(lasts.toBuilder().setCertain(true)).build();

    assertThat(status(running))
        .contains("loss      the worker's disk was full from 2025-11-24T16:00:02Z on: output of");
    assertThat(status(over)).contains("from 2025-11-24T16:00:02Z to 2025-11-24T16:00:04Z: output");
    assertThat(status(certain)).contains("loss      the last of its output is missing");
    server.on(WorkerGrpcService.StreamJob, (_, response) -> response.end(FakeJobs.last(over)));
    assertThat(Invocation.of(server, "logs", "-f", "0b8e").err())
        .startsWith("orrery: job 0b8e7f2a: the worker's disk was full from")
        .endsWith("output of that time may be missing (ENOSPC)\n");
  }

  @Test
  void workersShowWhatTheyCanHoldAJobTo() {
    server.answer(
        SchedulerGrpcService.ListWorkers,
        _ ->
            ListWorkersResponse.newBuilder()
                .addWorkers(
                    WorkerNode.newBuilder()
                        .setWorker(
                            WorkerDescription.newBuilder()
                                .setName("w1")
                                .addEnforcedLimits("memory_bytes")
                                .addEnforcedLimits("cpus")))
                .build());
    List<String> lines = Invocation.of(server, "workers").out().lines().toList();

    assertThat(lines.getFirst()).endsWith(" LIMITS");
    assertThat(lines.get(1)).startsWith("w1 ").endsWith(" memory_bytes,cpus");
  }

  private static String status(Job job) {
    server.answer(
        WorkerGrpcService.QueryJob, _ -> QueryJobResponse.newBuilder().setJob(job).build());
    return Invocation.of(server, "status", "0b8e").out();
  }

  @Test
  void statusIsForProgramsToo() {
    Invocation status = Invocation.of(server, "status", "-o", "json", "0b8e", "0b8e");

    assertThat(status.out().lines())
        .hasSize(2)
        .allSatisfy(line -> assertThat(line).startsWith("{\"job_id\":\"" + FakeJobs.ID + "\""));
  }

  @Test
  void controlCharactersOfOthersDoNotReachTheTerminal() {
    server.answer(
        WorkerGrpcService.QueryJob,
        _ ->
            QueryJobResponse.newBuilder()
                .setJob(
                    FakeJobs.running().toBuilder()
                        .setSpec(
                            FakeJobs.running().getSpec().toBuilder()
                                .addArgs("\u001b[2J\nstate     SUCCEEDED")))
                .build());

    assertThat(Invocation.of(server, "status", "x").out())
        .contains("\\x1b[2J\\x0astate")
        .doesNotContain("\u001b");
  }

  @Test
  void anUnknownJobIs125() {
    server.on(
        WorkerGrpcService.QueryJob,
        (_, response) ->
            FakeServer.refuse(
                response, GrpcStatus.NOT_FOUND, "no job x", FakeServer.info("JOB_NOT_FOUND")));
    Invocation status = Invocation.of(server, "status", "x");

    assertThat(status.code()).isEqualTo(125);
    assertThat(status.err()).isEqualTo("orrery: no job x; `orrery ps -a` lists yours\n");
  }

  @Test
  void lastIsTheNewestOfYours() {
    Invocation.of(server, "status", "last");

    assertThat(requests.getFirst())
        .isEqualTo(
            ListJobsRequest.newBuilder()
                .setOwner("spiffe://orrery/admin/admin")
                .setPageSize(1)
                .build());
  }

  @Test
  void withoutAJobThereIsNoLast() {
    server.answer(WorkerGrpcService.ListJobs, _ -> ListJobsResponse.getDefaultInstance());

    Invocation status = Invocation.of(server, "status", "last");
    assertThat(status.code()).isEqualTo(125);
    assertThat(status.err()).contains("you have no jobs");
  }

  @Test
  void logsShowsWhatIsThereAndLeaves() {
    Invocation logs = Invocation.of(server, "logs", "0b8e");

    assertThat(logs.out()).isEqualTo("a\nb\n");
    assertThat(logs.err()).isEqualTo("e\n");
    assertThat(logs.code()).isZero();
    assertThat(streamRequest())
        .isEqualTo(StreamJobRequest.newBuilder().setJobId("0b8e").setNoFollow(true).build());
  }

  @Test
  void logsFollowsAndBeginsWhereItIsTold() {
    Invocation.of(server, "logs", "-f", "-n", "5", "--stderr", "x");
    assertThat(streamRequest())
        .isEqualTo(
            StreamJobRequest.newBuilder()
                .setJobId("x")
                .setLastLines(5)
                .setStream(OutputStream.OUTPUT_STREAM_STDERR)
                .build());
    Invocation.of(server, "logs", "--offset", "2,7", "x");
    assertThat(streamRequest().getFrom())
        .isEqualTo(StreamPosition.newBuilder().setStdoutOffset(2).setStderrOffset(7).build());
    Invocation.of(server, "logs", "--since", "2025-11-24T16:00:02Z", "x");
    assertThat(streamRequest().getSince().getSeconds()).isEqualTo(1_764_000_002);
  }

  @Test
  void timestampsStandBeforeEachLine() {
    assertThat(Invocation.of(server, "logs", "--timestamps", "x").out())
        .isEqualTo("2025-11-24T16:00:02.123456Z a\n2025-11-24T16:00:02.123456Z b\n");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "--stdout --stderr x",
        "-n 1 --since 1m x",
        "--offset 5 x",
        "--offset x,1 x",
        "--offset -1 --stdout x",
        "--since yesterday x",
        "-n -1 x",
        "-n many x",
        "x y",
        ""
      })
  void logsRefusesWhatMakesNoSense(String args) {
    String[] words = ("logs " + args).strip().split(" ");
    Invocation logs = Invocation.of(server, words);

    assertThat(logs.code()).isEqualTo(125);
    assertThat(logs.err()).startsWith("orrery: ");
    assertThat(requests).noneMatch(StreamJobRequest.class::isInstance);
  }

  @Test
  void waitReadsNoOutputAndEndsAsTheJob() {
    Invocation wait = Invocation.of(server, "wait", FakeJobs.ID);

    assertThat(wait.code()).isEqualTo(3);
    assertThat(wait.out()).isEqualTo(FakeJobs.ID + " FAILED exit 3\n");
    assertThat(streamRequest().getStartCase()).isEqualTo(StreamJobRequest.StartCase.LAST_BYTES);
    assertThat(streamRequest().getLastBytes()).isZero();
  }

  @Test
  void waitGivesUpAfterItsTimeout() {
    server.on(
        WorkerGrpcService.StreamJob,
        (_, response) -> response.write(FakeJobs.now(FakeJobs.running())));
    Invocation wait = Invocation.of(server, "wait", "--timeout", "200ms", FakeJobs.ID);

    assertThat(wait.code()).isEqualTo(125);
    assertThat(wait.err()).contains("1 of 1 jobs had not ended after 0.20s");
  }

  @Test
  void waitLooksAtEachOfVeryManyJobs() {
    AtomicInteger asked = new AtomicInteger();
    server.on(
        WorkerGrpcService.StreamJob,
        (request, response) -> {
          if (request.getJobId().equals(FakeJobs.ID)) {
            // Not at first, as it is asked again.
            Job job = asked.incrementAndGet() < 2 ? FakeJobs.running() : FakeJobs.exited(3);
            response.end(FakeJobs.last(job));
          } else if (request.getNoFollow()) {
            response.end(FakeJobs.last(FakeJobs.running()));
          } else {
            response.write(FakeJobs.now(FakeJobs.running()));
          }
        });
    List<String> words = new ArrayList<>(List.of("wait", "--timeout", "5s"));
    for (int i = 0; i < 150; i++) {
      words.add(UUID.randomUUID().toString());
    }
    words.add(FakeJobs.ID);

    Invocation wait = Invocation.of(server, words.toArray(String[]::new));

    assertThat(wait.code()).isEqualTo(125);
    assertThat(wait.out()).isEqualTo(FakeJobs.ID + " FAILED exit 3\n");
    assertThat(wait.err()).contains("150 of 151 jobs had not ended after 5.00s");
  }

  @Test
  void stopSaysWhatBecameOfTheJob() {
    server.answer(
        WorkerGrpcService.StopJob,
        request -> {
          requests.add(request);
          return StopJobResponse.newBuilder().setJob(FakeJobs.exited(3)).build();
        });
    Invocation stop = Invocation.of(server, "stop", "--grace", "2s", "-s", "INT", "0b8e");

    assertThat(stop.code()).isZero();
    assertThat(stop.out()).isEqualTo(FakeJobs.ID + " FAILED exit 3\n");
    assertThat(requests.getLast())
        .isEqualTo(
            StopJobRequest.newBuilder()
                .setJobId(FakeJobs.ID)
                .setSignal(2)
                .setGrace(Durations.fromSeconds(2))
                .build());
  }

  @Test
  void processesThatSurviveAStopAreNamed() {
    server.answer(
        WorkerGrpcService.StopJob,
        _ ->
            StopJobResponse.newBuilder()
                .setJob(FakeJobs.running().toBuilder().setState(JobState.JOB_STATE_STOPPING))
                .addSurvivingPids(4711)
                .build());
    Invocation stop = Invocation.of(server, "stop", "0b8e");

    assertThat(stop.code()).isEqualTo(125);
    assertThat(stop.err()).contains("even KILL has not ended the processes [4711] on worker");
  }

  @ParameterizedTest
  @CsvSource({"HUP,1", "SIGUSR1,10", "9,9"})
  void killSendsOneSignal(String name, int number) {
    server.answer(
        WorkerGrpcService.SignalJob,
        request -> {
          requests.add(request);
          return SignalJobResponse.getDefaultInstance();
        });

    assertThat(Invocation.of(server, "kill", "-s", name, "0b8e").code()).isZero();
    assertThat(requests.getLast())
        .isEqualTo(SignalJobRequest.newBuilder().setJobId(FakeJobs.ID).setSignal(number).build());
  }

  @Test
  void killNeedsASignalThatExists() {
    assertThat(Invocation.of(server, "kill", "x").err()).contains("Missing required option");
    assertThat(Invocation.of(server, "kill", "-s", "NOPE", "x").err())
        .contains("'NOPE' is no signal");
  }

  @Test
  void psListsYoursThatHaveNotEndedPageByPage() {
    server.answer(
        WorkerGrpcService.ListJobs,
        request -> {
          requests.add(request);
          ListJobsResponse.Builder page = ListJobsResponse.newBuilder().addJobs(FakeJobs.running());
          return request.getPageToken().isEmpty()
              ? page.setNextPageToken("2").build()
              : page.addUnreachable("w9").build();
        });
    Invocation ps = Invocation.of(server, "ps");

    assertThat(ps.out().lines()).hasSize(3);
    assertThat(ps.out()).startsWith("JOB       STATE    WORKER  STARTED");
    assertThat(ps.err()).contains("do not answer").contains("w9");
    ListJobsRequest request = (ListJobsRequest) requests.getFirst();
    assertThat(request.getOwner()).isEqualTo("spiffe://orrery/admin/admin");
    assertThat(request.getStatesList())
        .doesNotContain(JobState.JOB_STATE_FAILED)
        .contains(JobState.JOB_STATE_QUEUED, JobState.JOB_STATE_RUNNING);
    assertThat(((ListJobsRequest) requests.getLast()).getPageToken()).isEqualTo("2");
  }

  @Test
  void psFiltersAsItIsTold() {
    Invocation.of(
        server, "ps", "-A", "--state", "failed,LOST", "--label", "a=b", "-n", "1", "-o", "json");
    ListJobsRequest request = (ListJobsRequest) requests.getLast();

    assertThat(request.getOwner()).isEmpty();
    assertThat(request.getStatesList())
        .containsExactly(JobState.JOB_STATE_FAILED, JobState.JOB_STATE_LOST);
    assertThat(request.getLabelsMap()).isEqualTo(Map.of("a", "b"));
    assertThat(request.getPageSize()).isEqualTo(1);
    assertThat(Invocation.of(server, "ps", "--state", "DEAD").err())
        .contains("there is no state 'DEAD'");
  }

  @Test
  void aRunningJobCannotEndAWaitAsASuccess() {
    Job queued = FakeJobs.running();
    server.on(WorkerGrpcService.StreamJob, (_, response) -> response.end(FakeJobs.last(queued)));

    assertThat(Invocation.of(server, "wait", FakeJobs.ID).code()).isEqualTo(125);
  }
}
