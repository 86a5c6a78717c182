package io.orrery.fleet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.util.Durations;
import io.orrery.job.ApiException;
import io.orrery.job.Reason;
import io.orrery.rpc.RpcClient;
import io.orrery.security.Role;
import io.orrery.v1.DrainWorkerRequest;
import io.orrery.v1.Job;
import io.orrery.v1.JobState;
import io.orrery.v1.QueryJobRequest;
import io.orrery.v1.ResumeWorkerRequest;
import io.orrery.v1.SchedulerGrpcClient;
import io.orrery.v1.StartJobRequest;
import io.orrery.v1.WorkerGrpcClient;
import io.orrery.v1.WorkerNode;
import io.orrery.v1.WorkerState;
import io.vertx.core.json.JsonObject;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** An operator has a worker take no new jobs, and take them again. */
class WorkerDrainIT {
  @TempDir private Path home;
  private Fleet fleet;
  private Fleet.Running scheduler;
  private Fleet.Node worker;

  @BeforeEach
  void start() throws Exception {
    fleet = Fleet.prepare(home);
    scheduler = fleet.startScheduler(0);
    worker = fleet.startWorker("w1");
  }

  @AfterEach
  void stop() {
    fleet.close();
  }

  private WorkerNode node() throws Exception {
    return fleet.workers().getFirst();
  }

  private DrainWorkerRequest.Builder drain() {
    return DrainWorkerRequest.newBuilder().setWorkerId(worker.id()).setReason("new disk");
  }

  private WorkerNode resume() throws Exception {
    return fleet
        .call(
            fleet.admin(),
            SchedulerGrpcClient.ResumeWorker,
            ResumeWorkerRequest.newBuilder().setWorkerId(worker.id()).build())
        .getWorker();
  }

  private Job sleepAt(int port) throws Exception {
    return fleet
        .callAt(
            port,
            fleet.admin(),
            WorkerGrpcClient.StartJob,
            StartJobRequest.newBuilder().setCommand("sleep").addArgs("1000").build())
        .getJob();
  }

  private boolean isRefusedAt(int port) {
    try {
      sleepAt(port);
      return false;
    } catch (Exception refusal) {
      assertThat(refusal)
          .isInstanceOfSatisfying(
              ApiException.class, api -> assertThat(api.reason()).isEqualTo(Reason.DRAINING))
          .hasMessageContaining("new disk");
      return true;
    }
  }

  @Test
  void theWorkerRefusesJobsAndRunsOnWhatItHasUntilItIsResumed() throws Exception {
    Job job = sleepAt(worker.port());

    WorkerNode drained =
        fleet.call(fleet.admin(), SchedulerGrpcClient.DrainWorker, drain().build()).getWorker();

    assertThat(drained.getState()).isEqualTo(WorkerState.WORKER_STATE_DRAINING);
    assertThat(drained.getReason()).isEqualTo("drained: new disk");
    assertThat(drained.getDrain().getActor()).isEqualTo("spiffe://orrery/admin/admin");
    assertThat(drained.getDrain().hasDeadlineTime()).isFalse();
    Fleet.eventually("jobs are refused there", () -> isRefusedAt(worker.port()));
    Fleet.eventually("it is counted", () -> Unchecked.get(() -> node().getRunningJobs()) >= 1);
    assertThat(node().getUnfitReason()).isEmpty();
    QueryJobRequest query = QueryJobRequest.newBuilder().setJobId(job.getJobId()).build();
    assertThat(fleet.call(fleet.admin(), WorkerGrpcClient.QueryJob, query).getJob().getState())
        .isEqualTo(JobState.JOB_STATE_RUNNING);

    assertThat(resume().getState()).isEqualTo(WorkerState.WORKER_STATE_ONLINE);
    Fleet.eventually("jobs are taken there again", () -> !isRefusedAt(worker.port()));
  }

  @Test
  void theDrainOutlivesRestartsOfTheSchedulerAndOfTheWorker() throws Exception {
    fleet.call(fleet.admin(), SchedulerGrpcClient.DrainWorker, drain().build());
    Fleet.eventually("jobs are refused there", () -> isRefusedAt(worker.port()));
    int port = fleet.schedulerPort();
    fleet.stop(worker.running());
    fleet.stop(scheduler);

    fleet.startScheduler(port);
    Fleet.Node again = fleet.startWorker("w1", new JsonObject(), WorkerState.WORKER_STATE_DRAINING);

    assertThat(node().getReason()).contains("new disk");
    assertThat(isRefusedAt(again.port())).isTrue();
    resume();
    Fleet.eventually("jobs are taken there again", () -> !isRefusedAt(again.port()));
    fleet.stop(again.running());
    fleet.startWorker("w1");
  }

  @Test
  void jobsThatRunOnAfterTheDeadlineAreStoppedAndSayWhy() throws Exception {
    Job job = sleepAt(worker.port());

    fleet.call(
        fleet.admin(),
        SchedulerGrpcClient.DrainWorker,
        drain().setDeadline(Durations.fromMillis(1)).build());

    QueryJobRequest query = QueryJobRequest.newBuilder().setJobId(job.getJobId()).build();
    Fleet.eventually(
        "the job is stopped",
        () ->
            Unchecked.get(
                        () -> fleet.call(fleet.admin(), WorkerGrpcClient.QueryJob, query).getJob())
                    .getState()
                == JobState.JOB_STATE_STOPPED);
    Job stopped = fleet.call(fleet.admin(), WorkerGrpcClient.QueryJob, query).getJob();
    assertThat(stopped.getEnd().getSignal()).isEqualTo(15);
    assertThat(stopped.getEnd().getMessage()).contains("drain", "new disk");
    Fleet.eventually("none runs", () -> Unchecked.get(() -> node().getRunningJobs()) == 0);
  }

  @Test
  void onlyAnAdministratorMayDrain() throws Exception {
    for (Role role : new Role[] {Role.OPERATOR, Role.VIEWER}) {
      RpcClient other =
          fleet.client(role, "somebody-" + role.name().toLowerCase(java.util.Locale.ROOT));
      assertThatThrownBy(() -> fleet.call(other, SchedulerGrpcClient.DrainWorker, drain().build()))
          .isInstanceOfSatisfying(
              ApiException.class,
              refusal -> assertThat(refusal.reason()).isEqualTo(Reason.ROLE_NOT_ALLOWED));
    }
    assertThat(node().getState()).isEqualTo(WorkerState.WORKER_STATE_ONLINE);
  }

  @Test
  void aWorkerThatIsNotKnownAndAReasonOfSeveralLinesAreRefused() {
    assertThatThrownBy(
            () ->
                fleet.call(
                    fleet.admin(),
                    SchedulerGrpcClient.DrainWorker,
                    DrainWorkerRequest.newBuilder().setWorkerId("nobody").build()))
        .isInstanceOfSatisfying(
            ApiException.class,
            refusal -> assertThat(refusal.reason()).isEqualTo(Reason.WORKER_NOT_FOUND));
    assertThatThrownBy(
            () ->
                fleet.call(
                    fleet.admin(),
                    SchedulerGrpcClient.DrainWorker,
                    drain().setReason("one\ntwo").build()))
        .isInstanceOfSatisfying(
            ApiException.class,
            refusal -> assertThat(refusal.reason()).isEqualTo(Reason.INVALID_REQUEST));
  }
}
