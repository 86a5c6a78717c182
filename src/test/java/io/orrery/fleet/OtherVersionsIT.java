package io.orrery.fleet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnknownFieldSet;
import io.orrery.job.ApiException;
import io.orrery.job.Reason;
import io.orrery.rpc.RpcClient;
import io.orrery.rpc.RpcServer;
import io.orrery.rpc.RpcServerOptions;
import io.orrery.rpc.Times;
import io.orrery.security.Identity;
import io.orrery.security.Role;
import io.orrery.security.Tls;
import io.orrery.v1.EndCause;
import io.orrery.v1.HeartbeatRequest;
import io.orrery.v1.Job;
import io.orrery.v1.JobEnd;
import io.orrery.v1.JobState;
import io.orrery.v1.JobSummary;
import io.orrery.v1.Limits;
import io.orrery.v1.ListJobsRequest;
import io.orrery.v1.ListWorkersRequest;
import io.orrery.v1.OutputRemoval;
import io.orrery.v1.QueryJobRequest;
import io.orrery.v1.QueryJobResponse;
import io.orrery.v1.RegisterWorkerRequest;
import io.orrery.v1.RegisterWorkerResponse;
import io.orrery.v1.SchedulerGrpcClient;
import io.orrery.v1.StartJobRequest;
import io.orrery.v1.StopJobRequest;
import io.orrery.v1.StreamJobRequest;
import io.orrery.v1.WorkerDescription;
import io.orrery.v1.WorkerGrpcClient;
import io.orrery.v1.WorkerGrpcService;
import io.orrery.v1.WorkerNode;
import io.orrery.v1.WorkerState;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Peers of a later version, which say what is not known here, and of an earlier one. */
final class OtherVersionsIT {
  /** No field and no number of an enum of ours. */
  private static final int UNKNOWN = 4711;

  private static final UnknownFieldSet MORE =
      UnknownFieldSet.newBuilder()
          .addField(
              UNKNOWN,
              UnknownFieldSet.Field.newBuilder()
                  .addLengthDelimited(ByteString.copyFromUtf8("of a later version"))
                  .build())
          .build();

  @TempDir private static Path home;
  private static Fleet fleet;
  private static Fleet.Node ours;

  @BeforeAll
  static void start() throws Exception {
    fleet = Fleet.start(home);
    ours = fleet.startWorker("ours");
  }

  @AfterAll
  static void stop() throws Exception {
    fleet.close();
  }

  /** A worker that is no more than what it says. */
  private static final class Said implements AutoCloseable {
    private final Map<String, Job> jobs = new ConcurrentHashMap<>();
    private final String name;
    private final String incarnation = UUID.randomUUID().toString();
    private final RpcClient client;
    private final String deployment;
    private int port;
    private String workerId = "";

    Said(String name) throws Exception {
      this.name = name;
      client = fleet.client(Role.WORKER, name);
      RpcServerOptions options =
          new RpcServerOptions(
              "127.0.0.1", 0, Tls.server(fleet.issue(new Identity(Role.WORKER, name))));
      VerticleBase server =
          new VerticleBase() {
            @Override
            public Future<?> start() {
              return RpcServer.create(vertx, options)
                  .unary(WorkerGrpcService.QueryJob, (_, request) -> query(request))
                  .listen()
                  .onSuccess(bound -> port = bound);
            }
          };
      deployment = Fleet.await(fleet.vertx().deployVerticle(server));
    }

    private Future<QueryJobResponse> query(QueryJobRequest request) {
      Job job = jobs.get(request.getJobId());
      return job == null
          ? Future.failedFuture(ApiException.jobNotFound(request.getJobId()))
          : Future.succeededFuture(QueryJobResponse.newBuilder().setJob(job).build());
    }

    Job has(Job.Builder job) {
      Job built =
          job.setJobId(UUID.randomUUID().toString())
              .setOwner("spiffe://orrery/admin/admin")
              .setAttempt(1)
              .setCreateTime(Times.timestamp(Instant.now()))
              .build();
      jobs.put(built.getJobId(), built);
      return built;
    }

    private static JobSummary summary(Job job) {
      return JobSummary.newBuilder()
          .setJobId(job.getJobId())
          .setAttempt(job.getAttempt())
          .setOwner(job.getOwner())
          .setCreateTime(job.getCreateTime())
          .setStateValue(job.getStateValue())
          .setJob(job)
          .setUnknownFields(MORE)
          .build();
    }

    RegisterWorkerResponse register(WorkerDescription.Builder description) throws Exception {
      RegisterWorkerRequest request =
          RegisterWorkerRequest.newBuilder()
              .setIncarnation(incarnation)
              .setWorker(description.setName(name).setAddress("127.0.0.1:" + port))
              .addAllJobs(jobs.values().stream().map(Said::summary).toList())
              .setUnknownFields(MORE)
              .build();
      RegisterWorkerResponse answer =
          fleet.call(client, SchedulerGrpcClient.RegisterWorker, request);
      workerId = answer.getWorkerId();
      fleet.awaitOnline(name, port);
      return answer;
    }

    void tell(Job... changed) throws Exception {
      fleet.call(
          client,
          SchedulerGrpcClient.Heartbeat,
          HeartbeatRequest.newBuilder()
              .setWorkerId(workerId)
              .setIncarnation(incarnation)
              .addAllChangedJobs(List.of(changed).stream().map(Said::summary).toList())
              .setUnknownFields(MORE)
              .build());
    }

    @Override
    public void close() {
      fleet.vertx().undeploy(deployment).await();
    }
  }

  private static Job.Builder running() {
    return Job.newBuilder()
        .setState(JobState.JOB_STATE_RUNNING)
        .setPid(7)
        .setStartTime(Times.timestamp(Instant.now()))
        .setUnknownFields(MORE);
  }

  private static Job.Builder ended() {
    return running()
        .setState(JobState.JOB_STATE_FAILED)
        .setEndTime(Times.timestamp(Instant.now()))
        .setEnd(JobEnd.newBuilder().setCauseValue(UNKNOWN).setMessage("for a new reason"))
        .setOutputRemoval(
            OutputRemoval.newBuilder()
                .setRuleValue(UNKNOWN)
                .setRemoveTime(Times.timestamp(Instant.now())));
  }

  private static Job listed(Job job) throws Exception {
    return fleet
        .call(
            fleet.admin(),
            WorkerGrpcClient.ListJobs,
            ListJobsRequest.newBuilder().setJobIdPrefix(job.getJobId()).build())
        .getJobs(0);
  }

  private static Job queried(Job job) throws Exception {
    return fleet
        .call(
            fleet.admin(),
            WorkerGrpcClient.QueryJob,
            QueryJobRequest.newBuilder().setJobId(job.getJobId()).build())
        .getJob();
  }

  @Test
  void aLaterWorkersJobsAreShownAsFarAsTheyAreKnown() throws Exception {
    try (Said later = new Said("later")) {
      Job runs = later.has(running());
      Job runsOtherwise = later.has(running().setStateValue(UNKNOWN));
      Job endedOtherwise = later.has(ended().setStateValue(UNKNOWN));
      Job endedForAReason = later.has(ended());

      later.register(WorkerDescription.newBuilder().setVersion("99.1").setUnknownFields(MORE));

      assertThat(node("later").getWorker().getVersion()).isEqualTo("99.1");
      assertThat(listed(runs).getState()).isEqualTo(JobState.JOB_STATE_RUNNING);
      assertThat(listed(runsOtherwise).getState()).isEqualTo(JobState.JOB_STATE_RUNNING);
      for (Job over : List.of(endedOtherwise, endedForAReason)) {
        Job shown = listed(over);
        assertThat(shown.getState()).isEqualTo(JobState.JOB_STATE_FAILED);
        assertThat(shown.getEnd().getCause()).isEqualTo(EndCause.END_CAUSE_UNOBSERVED);
        assertThat(shown.getEnd().getMessage())
            .contains("a later version", "cause " + UNKNOWN, "for a new reason");
        assertThat(shown.hasOutputRemoval()).isTrue();
      }
      // Its worker is asked, and its answer is passed on as it is.
      for (Job job : List.of(runs, runsOtherwise, endedOtherwise, endedForAReason)) {
        assertThat(queried(job)).isEqualTo(job);
      }
    }
  }

  @Test
  void whatALaterWorkerTellsBesideTheUnknownIsTaken() throws Exception {
    try (Said later = new Said("telling")) {
      Job odd = later.has(running());
      Job plain = later.has(running());
      later.register(WorkerDescription.newBuilder().setVersion("99.1"));

      later.tell(
          odd.toBuilder().setStateValue(UNKNOWN).build(),
          plain.toBuilder()
              .setState(JobState.JOB_STATE_SUCCEEDED)
              .setEndTime(plain.getStartTime())
              .setEnd(JobEnd.newBuilder().setCause(EndCause.END_CAUSE_EXITED).setExitCode(0))
              .build());

      Fleet.eventually(
          "the end is shown",
          () -> Unchecked.get(() -> listed(plain).getState()) == JobState.JOB_STATE_SUCCEEDED);
      assertThat(listed(odd).getState()).isEqualTo(JobState.JOB_STATE_RUNNING);
      assertThat(node("telling").getState()).isEqualTo(WorkerState.WORKER_STATE_ONLINE);
    }
  }

  @Test
  void aWorkerThatSaysOnlyWhatTheFirstOnesSaidIsTaken() throws Exception {
    try (Said earlier = new Said("earlier")) {
      RegisterWorkerResponse answer = earlier.register(WorkerDescription.newBuilder());

      assertThat(answer.getWorkerId()).isNotEmpty();
      assertThat(node("earlier").getWorker().getVersion()).isEmpty();
    }
  }

  private static WorkerNode node(String name) throws Exception {
    return fleet.workers().stream()
        .filter(node -> node.getWorker().getName().equals(name))
        .findFirst()
        .orElseThrow();
  }

  private static int[] servers() {
    return new int[] {fleet.schedulerPort(), ours.port()};
  }

  private static StartJobRequest.Builder touch(Path mark) {
    return StartJobRequest.newBuilder().setCommand("touch").addArgs(mark.toString());
  }

  @Test
  void aJobThatAsksForMoreThanIsKnownIsRefusedAndNotRunWithoutIt() throws Exception {
    Path mark = home.resolve("mark");
    for (int port : servers()) {
      for (StartJobRequest request :
          List.of(
              touch(mark).setUnknownFields(MORE).build(),
              touch(mark).setLimits(Limits.newBuilder().setUnknownFields(MORE)).build())) {
        assertThatThrownBy(
                () -> fleet.callAt(port, fleet.admin(), WorkerGrpcClient.StartJob, request))
            .hasMessageContaining("field " + UNKNOWN + " of orrery.v1.")
            .hasMessageContaining("a later version")
            .isInstanceOfSatisfying(
                ApiException.class,
                refusal -> assertThat(refusal.reason()).isEqualTo(Reason.UNSUPPORTED));
      }
      assertInvalid(
          port,
          () ->
              fleet.callAt(
                  port,
                  fleet.admin(),
                  WorkerGrpcClient.StartJob,
                  touch(mark).setStdinModeValue(UNKNOWN).build()));
    }
    assertThat(Files.exists(mark)).isFalse();
  }

  private interface Asking {
    void ask() throws Exception;
  }

  private static void assertInvalid(int port, Asking asking) {
    assertThatThrownBy(asking::ask)
        .as("at port %s", port)
        .isInstanceOfSatisfying(
            ApiException.class,
            refusal -> assertThat(refusal.reason()).isEqualTo(Reason.INVALID_REQUEST));
  }

  @Test
  void otherCallsDoWhatIsKnownOfThem() throws Exception {
    Job job =
        fleet
            .call(
                fleet.admin(),
                WorkerGrpcClient.StartJob,
                StartJobRequest.newBuilder()
                    .setWorkerId(ours.id())
                    .setCommand("sleep")
                    .addArgs("300")
                    .build())
            .getJob();
    for (int port : servers()) {
      QueryJobRequest query =
          QueryJobRequest.newBuilder().setJobId(job.getJobId()).setUnknownFields(MORE).build();
      assertThat(
              fleet.callAt(port, fleet.admin(), WorkerGrpcClient.QueryJob, query).getJob().getPid())
          .isEqualTo(job.getPid());
      assertInvalid(
          port,
          () ->
              fleet.callAt(
                  port,
                  fleet.admin(),
                  WorkerGrpcClient.ListJobs,
                  ListJobsRequest.newBuilder().addStatesValue(UNKNOWN).build()));
      assertInvalid(
          port,
          () ->
              Fleet.await(
                  Reader.follow(
                      fleet,
                      port,
                      fleet.admin(),
                      StreamJobRequest.newBuilder()
                          .setJobId(job.getJobId())
                          .setStreamValue(UNKNOWN)
                          .build())));
    }
    assertInvalid(
        fleet.schedulerPort(),
        () ->
            fleet.call(
                fleet.admin(),
                SchedulerGrpcClient.ListWorkers,
                ListWorkersRequest.newBuilder().addStatesValue(UNKNOWN).build()));
    fleet.call(
        fleet.admin(),
        WorkerGrpcClient.StopJob,
        StopJobRequest.newBuilder().setJobId(job.getJobId()).setUnknownFields(MORE).build());
    assertThat(queried(job).getState()).isEqualTo(JobState.JOB_STATE_STOPPED);
  }
}
