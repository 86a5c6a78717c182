package io.orrery.fleet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.Message;
import io.orrery.job.ApiException;
import io.orrery.job.Reason;
import io.orrery.rpc.RpcClient;
import io.orrery.security.Role;
import io.orrery.v1.DeregisterWorkerRequest;
import io.orrery.v1.HeartbeatRequest;
import io.orrery.v1.Job;
import io.orrery.v1.JobState;
import io.orrery.v1.JobSummary;
import io.orrery.v1.ListJobsRequest;
import io.orrery.v1.QueryJobRequest;
import io.orrery.v1.RegisterWorkerRequest;
import io.orrery.v1.RegisterWorkerResponse;
import io.orrery.v1.SchedulerGrpcClient;
import io.orrery.v1.StartJobRequest;
import io.orrery.v1.StopJobRequest;
import io.orrery.v1.WorkerDescription;
import io.orrery.v1.WorkerGrpcClient;
import io.orrery.v1.WorkerNode;
import io.orrery.v1.WorkerState;
import io.vertx.grpc.common.ServiceMethod;
import java.nio.file.Path;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A worker is who its certificate says, when it speaks and when it is spoken to. */
class WorkerIdentityIT {
  @TempDir static Path home;
  private static Fleet fleet;
  private static Fleet.Node honest;

  @BeforeAll
  static void start() throws Exception {
    fleet = Fleet.start(home);
    honest = fleet.startWorker("honest");
  }

  @AfterAll
  static void stop() throws Exception {
    fleet.close();
  }

  private static <I extends Message, O extends Message> void assertRefused(
      Reason reason, RpcClient client, ServiceMethod<O, I> method, I request) {
    assertThatThrownBy(() -> fleet.call(client, method, request))
        .isInstanceOfSatisfying(
            ApiException.class, refusal -> assertThat(refusal.reason()).isEqualTo(reason));
  }

  private static RegisterWorkerRequest.Builder registration(String name, int port) {
    return RegisterWorkerRequest.newBuilder()
        .setIncarnation(UUID.randomUUID().toString())
        .setWorker(WorkerDescription.newBuilder().setName(name).setAddress("127.0.0.1:" + port));
  }

  private static WorkerNode node(String name) throws Exception {
    return fleet.workers().stream()
        .filter(node -> node.getWorker().getName().equals(name))
        .findFirst()
        .orElseThrow();
  }

  @Test
  void nothingIsSentToAnotherWorkerThanTheOneThatRegistered() throws Exception {
    RpcClient liar = fleet.client(Role.WORKER, "liar");
    RegisterWorkerResponse registered =
        fleet.call(
            liar, SchedulerGrpcClient.RegisterWorker, registration("liar", honest.port()).build());
    StartJobRequest request =
        StartJobRequest.newBuilder()
            .setJobId(UUID.randomUUID().toString())
            .setWorkerId(registered.getWorkerId())
            .setCommand("touch")
            .addArgs(home.resolve("touched").toString())
            .build();

    assertRefused(Reason.WORKER_UNREACHABLE, fleet.admin(), WorkerGrpcClient.StartJob, request);
    Fleet.eventually(
        "it is shown who answers there",
        () -> Unchecked.get(() -> node("liar").getReason()).contains("worker/honest"));
    assertThat(node("liar").getState()).isEqualTo(WorkerState.WORKER_STATE_UNREACHABLE);
    assertRefused(Reason.WORKER_UNREACHABLE, fleet.admin(), WorkerGrpcClient.StartJob, request);

    assertThat(home.resolve("data/honest/jobs/" + request.getJobId())).doesNotExist();
    assertThat(
            fleet
                .callAt(
                    honest.port(),
                    fleet.admin(),
                    WorkerGrpcClient.ListJobs,
                    ListJobsRequest.getDefaultInstance())
                .getJobsList())
        .extracting(Job::getJobId)
        .doesNotContain(request.getJobId());
    assertThat(home.resolve("touched")).doesNotExist();
  }

  @Test
  void aWorkerCannotRegisterAsAnother() throws Exception {
    RpcClient mallory = fleet.client(Role.WORKER, "mallory");

    assertRefused(
        Reason.FOREIGN_WORKER,
        mallory,
        SchedulerGrpcClient.RegisterWorker,
        registration("honest", honest.port()).build());
    assertRefused(
        Reason.FOREIGN_WORKER,
        mallory,
        SchedulerGrpcClient.RegisterWorker,
        registration("mallory", 1).setWorkerId(honest.id()).build());

    assertThat(node("honest").getWorker().getAddress()).endsWith(":" + honest.port());
  }

  @Test
  void aWorkerCannotBeatOrLeaveForAnother() throws Exception {
    RpcClient mallory = fleet.client(Role.WORKER, "mallory");
    String incarnation = UUID.randomUUID().toString();

    assertRefused(
        Reason.FOREIGN_WORKER,
        mallory,
        SchedulerGrpcClient.Heartbeat,
        HeartbeatRequest.newBuilder().setWorkerId(honest.id()).setIncarnation(incarnation).build());
    assertRefused(
        Reason.FOREIGN_WORKER,
        mallory,
        SchedulerGrpcClient.DeregisterWorker,
        DeregisterWorkerRequest.newBuilder()
            .setWorkerId(honest.id())
            .setIncarnation(incarnation)
            .build());

    assertThat(node("honest").getState()).isEqualTo(WorkerState.WORKER_STATE_ONLINE);
  }

  @Test
  void aWorkerCannotTakeTheJobOfAnother() throws Exception {
    StartJobRequest sleep =
        StartJobRequest.newBuilder()
            .setWorkerId(honest.id())
            .setCommand("sleep")
            .addArgs("1000")
            .build();
    String jobId = fleet.call(fleet.admin(), WorkerGrpcClient.StartJob, sleep).getJobId();
    RpcClient thief = fleet.client(Role.WORKER, "thief");
    JobSummary claim =
        JobSummary.newBuilder()
            .setJobId(jobId)
            .setState(JobState.JOB_STATE_RUNNING)
            .setOwner("spiffe://orrery/operator/thief")
            .build();
    RegisterWorkerRequest registration = registration("thief", 1).addJobs(claim).build();
    String thiefId =
        fleet.call(thief, SchedulerGrpcClient.RegisterWorker, registration).getWorkerId();
    fleet.call(
        thief,
        SchedulerGrpcClient.Heartbeat,
        HeartbeatRequest.newBuilder()
            .setWorkerId(thiefId)
            .setIncarnation(registration.getIncarnation())
            .addChangedJobs(claim)
            .build());

    Job job =
        fleet
            .call(
                fleet.admin(),
                WorkerGrpcClient.QueryJob,
                QueryJobRequest.newBuilder().setJobId(jobId).build())
            .getJob();

    assertThat(job.getWorkerName()).isEqualTo("honest");
    assertThat(job.getOwner()).isEqualTo("spiffe://orrery/admin/admin");
    fleet.call(
        fleet.admin(),
        WorkerGrpcClient.StopJob,
        StopJobRequest.newBuilder().setJobId(jobId).build());
  }

  @Test
  void noOtherRoleMaySpeakAsAWorker() throws Exception {
    RegisterWorkerRequest request = registration("honest", honest.port()).build();

    assertRefused(
        Reason.ROLE_NOT_ALLOWED, fleet.admin(), SchedulerGrpcClient.RegisterWorker, request);
    assertRefused(
        Reason.ROLE_NOT_ALLOWED,
        fleet.client(Role.OPERATOR, "olga"),
        SchedulerGrpcClient.RegisterWorker,
        request);
  }
}
