package io.orrery.fleet;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import io.orrery.job.ApiException;
import io.orrery.job.Reason;
import io.orrery.rpc.RpcClient;
import io.orrery.v1.EndCause;
import io.orrery.v1.ExplainJobRequest;
import io.orrery.v1.ExplainJobResponse;
import io.orrery.v1.Job;
import io.orrery.v1.JobState;
import io.orrery.v1.Limits;
import io.orrery.v1.ListJobsRequest;
import io.orrery.v1.ListJobsResponse;
import io.orrery.v1.QueryJobRequest;
import io.orrery.v1.SchedulerGrpcClient;
import io.orrery.v1.SignalJobRequest;
import io.orrery.v1.StartJobRequest;
import io.orrery.v1.StopJobRequest;
import io.orrery.v1.StreamJobRequest;
import io.orrery.v1.WorkerGrpcClient;
import io.vertx.core.json.JsonObject;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class QueueIT {
  @TempDir Path home;
  Fleet fleet;
  RpcClient admin;
  Path gate;
  private Fleet.Running scheduler;

  /** What the scheduler's configuration says of its store. */
  JsonObject options() throws Exception {
    return new JsonObject();
  }

  @BeforeEach
  void open() throws Exception {
    fleet = Fleet.prepare(home);
    scheduler = fleet.startScheduler(0, options());
    admin = fleet.admin();
    gate = home.resolve("gate");
  }

  @AfterEach
  void close() throws Exception {
    Files.writeString(gate, "");
    fleet.close();
  }

  static JsonObject slots(int slots) {
    return new JsonObject().put("slots", slots);
  }

  /** Runs until the gate is there, and appends its name to a file. */
  StartJobRequest.Builder job(String name) {
    return StartJobRequest.newBuilder()
        .setCommand("bash")
        .addArgs("-c")
        .addArgs(
            "echo %s >> '%s'; while [ ! -e '%s' ]; do sleep 0.02; done"
                .formatted(name, home.resolve("order"), gate));
  }

  Job start(StartJobRequest.Builder request) throws Exception {
    return fleet.call(admin, WorkerGrpcClient.StartJob, request.build()).getJob();
  }

  Job query(Job job) throws Exception {
    QueryJobRequest request = QueryJobRequest.newBuilder().setJobId(job.getJobId()).build();
    return fleet.call(admin, WorkerGrpcClient.QueryJob, request).getJob();
  }

  void awaitState(Job job, JobState state) throws Exception {
    Fleet.eventually(
        job.getJobId() + " is " + state,
        () -> {
          try {
            return query(job).getState() == state;
          } catch (Exception e) {
            throw new AssertionError(e);
          }
        });
  }

  private ExplainJobResponse explain(Job job) throws Exception {
    ExplainJobRequest request = ExplainJobRequest.newBuilder().setJobId(job.getJobId()).build();
    return fleet.call(admin, SchedulerGrpcClient.ExplainJob, request);
  }

  @Test
  void jobsWaitForASlotAndAreStartedByPriorityThenInOrder() throws Exception {
    fleet.startWorker("w1", slots(1));
    Job first = start(job("first"));
    List<Job> waiting = new ArrayList<>();
    waiting.add(start(job("low").setPriority(-5)));
    waiting.add(start(job("second")));
    waiting.add(start(job("third")));
    waiting.add(start(job("urgent").setPriority(9)));

    assertThat(first.getState()).isEqualTo(JobState.JOB_STATE_RUNNING);
    assertThat(waiting).allMatch(job -> job.getState() == JobState.JOB_STATE_QUEUED);
    assertThat(explain(waiting.get(1)).getJobsAhead()).isEqualTo(1);
    assertThat(explain(waiting.get(0)).getSummary()).contains("has no free slot");
    ListJobsRequest queued =
        ListJobsRequest.newBuilder().addStates(JobState.JOB_STATE_QUEUED).build();
    assertThat(fleet.call(admin, WorkerGrpcClient.ListJobs, queued).getJobsList()).hasSize(4);

    Files.writeString(gate, "");
    for (Job job : waiting) {
      awaitState(job, JobState.JOB_STATE_SUCCEEDED);
    }
    assertThat(Files.readAllLines(home.resolve("order")))
        .containsExactly("first", "urgent", "second", "third", "low");
    Job over = query(waiting.get(0));
    assertThat(over.getCreateTime()).isEqualTo(waiting.get(0).getCreateTime());
    assertThat(over.getEnd().getExitCode()).isZero();
  }

  /** The store cuts its pages by their bytes. */
  @Test
  void jobsWithMuchToReadAreAllOnTheirPages() throws Exception {
    fleet.startWorker("w1", slots(1));
    start(job("first"));
    ByteString much = ByteString.copyFrom(new byte[1 << 20]);
    List<String> waiting = new ArrayList<>();
    for (int i = 0; i < 20; i++) {
      waiting.addFirst(start(job("next").setStdin(much)).getJobId());
    }

    List<String> listed = new ArrayList<>();
    ListJobsRequest.Builder queued =
        ListJobsRequest.newBuilder().addStates(JobState.JOB_STATE_QUEUED).setPageSize(100);
    do {
      ListJobsResponse page = fleet.call(admin, WorkerGrpcClient.ListJobs, queued.build());
      page.getJobsList().forEach(job -> listed.add(job.getJobId()));
      queued.setPageToken(page.getNextPageToken());
    } while (!queued.getPageToken().isEmpty());

    assertThat(listed).isEqualTo(waiting);
  }

  @Test
  void aJobThatWaitsIsTheSameForWhoAsksAgainAndCanBeStopped() throws Exception {
    fleet.startWorker("w1", slots(1));
    start(job("first"));
    StartJobRequest.Builder request =
        job("second").setJobId("0193b2f0-0000-7000-8000-000000000001");
    Job waiting = start(request);

    assertThat(start(request)).isEqualTo(waiting);
    assertRefused(Reason.REQUEST_ID_CONFLICT, request.clone().setPriority(3));
    SignalJobRequest signal =
        SignalJobRequest.newBuilder().setJobId(waiting.getJobId()).setSignal(1).build();
    assertThatThrownBy(() -> fleet.call(admin, WorkerGrpcClient.SignalJob, signal))
        .hasMessageContaining("waits for a worker");
    StopJobRequest stop = StopJobRequest.newBuilder().setJobId(waiting.getJobId()).build();
    Job stopped = fleet.call(admin, WorkerGrpcClient.StopJob, stop).getJob();
    assertThat(stopped.getState()).isEqualTo(JobState.JOB_STATE_STOPPED);
    assertThat(stopped.getEnd().getMessage()).contains("while it waited");
    assertThat(fleet.call(admin, WorkerGrpcClient.StopJob, stop).getJob()).isEqualTo(stopped);
    assertThat(query(waiting).getState()).isEqualTo(JobState.JOB_STATE_STOPPED);
    assertThat(start(request).getState()).isEqualTo(JobState.JOB_STATE_STOPPED);
    Files.writeString(gate, "");
    assertThat(Files.readAllLines(home.resolve("order"))).containsExactly("first");
  }

  @Test
  void aStreamIsOpenBeforeTheJobHasAWorker() throws Exception {
    fleet.startWorker("w1", slots(1));
    start(job("first"));
    Job waiting = start(StartJobRequest.newBuilder().setCommand("echo").addArgs("here"));
    Job stopped = start(job("never"));
    Reader.Open reader = stream(waiting);
    Reader.Open other = stream(stopped);
    fleet.call(
        admin,
        WorkerGrpcClient.StopJob,
        StopJobRequest.newBuilder().setJobId(stopped.getJobId()).build());
    assertThat(Fleet.await(other.end()).finalJob().getState())
        .isEqualTo(JobState.JOB_STATE_STOPPED);

    Files.writeString(gate, "");
    Reader read = Fleet.await(reader.end());
    assertThat(read.finalJob().getState()).isEqualTo(JobState.JOB_STATE_SUCCEEDED);
    assertThat(new String(read.stdout(), UTF_8)).isEqualTo("here\n");
  }

  @Test
  void whoDoesNotFollowAJobThatWaitsIsToldSoAtOnce() throws Exception {
    fleet.startWorker("w1", slots(1));
    start(job("first"));
    Job waiting = start(job("second"));
    StreamJobRequest request =
        StreamJobRequest.newBuilder().setJobId(waiting.getJobId()).setNoFollow(true).build();

    Reader read =
        Fleet.await(
            Reader.open(fleet.address(fleet.schedulerPort()), admin, request)
                .compose(Reader.Open::end));

    assertThat(read.finalJob().getState()).isEqualTo(JobState.JOB_STATE_QUEUED);
    assertThat(read.stdout()).isEmpty();
  }

  @Test
  void aJobThatWaitsTooLongWasNeverStarted() throws Exception {
    fleet.startWorker("w1", slots(1));
    start(job("first"));
    Job waiting =
        start(
            job("second")
                .setQueueTimeout(com.google.protobuf.Duration.newBuilder().setNanos(100_000_000)));

    awaitState(waiting, JobState.JOB_STATE_TIMED_OUT);
    assertThat(query(waiting).getEnd().getCause()).isEqualTo(EndCause.END_CAUSE_START_FAILED);
    assertThat(query(waiting).hasStartTime()).isFalse();
  }

  @Test
  void whatNoWorkerCouldEverRunIsRefusedAtOnce() throws Exception {
    fleet.startWorker("w1", slots(1).put("labels", new JsonObject().put("zone", "a")));

    assertRefused(Reason.NO_MATCHING_WORKER, job("x").setSelector("zone=b"));
    assertRefused(Reason.NO_MATCHING_WORKER, job("x").setLimits(Limits.newBuilder().setCpus(4096)));
    assertRefused(
        Reason.WORKER_NOT_FOUND, job("x").setWorkerId("00000000-0000-0000-0000-000000000000"));
  }

  @Test
  void theLastWorkerThatMatchesMayBeBusyDrainedOrAway() throws Exception {
    Fleet.Node node = fleet.startWorker("w1", slots(1));
    fleet.stop(node.running());
    assertRefused(Reason.NO_MATCHING_WORKER, job("x"));
    fleet.startWorker("w1", slots(1));
    Job job = start(job("y"));
    assertThat(job.getState()).isEqualTo(JobState.JOB_STATE_RUNNING);
  }

  /** A worker whose directory was lost would take the job for a new one. */
  @Test
  void aFinishedJobIsNotRunAgainForWhoAsksForItAgain() throws Exception {
    Files.writeString(gate, "");
    Fleet.Node node = fleet.startWorker("w1", slots(1).put("data", "data/before"));
    StartJobRequest.Builder request = job("once").setJobId("0193b2f0-0000-7000-8000-000000000002");
    awaitState(start(request), JobState.JOB_STATE_SUCCEEDED);
    ListJobsRequest over =
        ListJobsRequest.newBuilder().addStates(JobState.JOB_STATE_SUCCEEDED).build();
    Fleet.eventually(
        "the scheduler has heard of it",
        () ->
            Unchecked.get(() -> fleet.call(admin, WorkerGrpcClient.ListJobs, over).getJobsCount())
                == 1);
    fleet.stop(node.running());
    fleet.startWorker("w1", slots(1).put("data", "data/after"));

    assertThat(start(request).getState()).isEqualTo(JobState.JOB_STATE_SUCCEEDED);
    assertRefused(Reason.REQUEST_ID_CONFLICT, request.clone().setPriority(3));
    assertThat(Files.readAllLines(home.resolve("order"))).containsExactly("once");
  }

  @Test
  void beyondItsLimitTheQueueTakesNoMoreUntilOneHasLeft() throws Exception {
    fleet.stop(scheduler);
    scheduler = fleet.startScheduler(scheduler.port(), options().put("queue", 1));
    fleet.startWorker("w1", slots(1));
    start(job("first"));
    Job waits = start(job("second"));
    StartJobRequest.Builder third = job("third").setJobId("0193b2f0-0000-7000-8000-000000000003");

    assertThatThrownBy(() -> start(third))
        .isInstanceOfSatisfying(
            ApiException.class,
            refusal -> {
              assertThat(refusal.reason()).isEqualTo(Reason.QUEUE_FULL);
              assertThat(refusal.metadata()).containsEntry("queue", "1");
            });
    Job refused = Job.newBuilder().setJobId(third.getJobId()).build();
    assertThatThrownBy(() -> query(refused)).hasMessageContaining("no job");

    StopJobRequest stop = StopJobRequest.newBuilder().setJobId(waits.getJobId()).build();
    fleet.call(admin, WorkerGrpcClient.StopJob, stop);
    assertThat(start(third).getState()).isEqualTo(JobState.JOB_STATE_QUEUED);
    Files.writeString(gate, "");
    awaitState(refused, JobState.JOB_STATE_SUCCEEDED);
    assertThat(Files.readAllLines(home.resolve("order"))).containsExactly("first", "third");
  }

  private Reader.Open stream(Job job) throws Exception {
    StreamJobRequest request = StreamJobRequest.newBuilder().setJobId(job.getJobId()).build();
    return Fleet.await(Reader.open(fleet.address(fleet.schedulerPort()), admin, request));
  }

  @Test
  void jobsThatWaitAreThereAfterARestart() throws Exception {
    fleet.startWorker("w1", slots(1));
    Job runs = start(job("first"));
    Job second = start(job("second"));
    Job urgent = start(job("urgent").setPriority(1).putLabels("of", "night"));
    assertThat(urgent.getState()).isEqualTo(JobState.JOB_STATE_QUEUED);

    fleet.stop(scheduler);
    scheduler = fleet.startScheduler(scheduler.port(), options());

    assertThat(query(urgent)).isEqualTo(urgent);
    assertThat(explain(second).getJobsAhead()).isEqualTo(1);
    Files.writeString(gate, "");
    for (Job job : List.of(runs, second, urgent)) {
      awaitState(job, JobState.JOB_STATE_SUCCEEDED);
    }
    assertThat(Files.readAllLines(home.resolve("order")))
        .containsExactly("first", "urgent", "second");
    assertThat(start(job("second").setJobId(second.getJobId())).getState())
        .isEqualTo(JobState.JOB_STATE_SUCCEEDED);
  }

  void assertRefused(Reason reason, StartJobRequest.Builder request) {
    assertThatThrownBy(() -> start(request))
        .isInstanceOfSatisfying(
            ApiException.class, refusal -> assertThat(refusal.reason()).isEqualTo(reason));
  }
}
