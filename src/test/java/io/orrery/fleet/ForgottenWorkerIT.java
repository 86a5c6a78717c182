package io.orrery.fleet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.orrery.job.ApiException;
import io.orrery.job.Reason;
import io.orrery.v1.DrainWorkerRequest;
import io.orrery.v1.ForgetWorkerRequest;
import io.orrery.v1.Job;
import io.orrery.v1.JobState;
import io.orrery.v1.ListJobsRequest;
import io.orrery.v1.QueryJobRequest;
import io.orrery.v1.SchedulerGrpcClient;
import io.orrery.v1.StartJobRequest;
import io.orrery.v1.WorkerGrpcClient;
import io.orrery.v1.WorkerState;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.nio.file.Path;
import java.util.EnumSet;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Workers that are gone for good, and one that only seemed so. */
class ForgottenWorkerIT {
  @TempDir Path home;
  private Fleet fleet;
  private StallingProxy proxy;
  private Fleet.Running scheduler;
  private Fleet.Node worker;

  @BeforeEach
  void start() throws Exception {
    fleet = Fleet.prepare(home);
    scheduler = fleet.startScheduler(0);
    proxy = StallingProxy.to(fleet.schedulerPort());
    worker = startWorker();
  }

  @AfterEach
  void close() throws Exception {
    try (Fleet _ = fleet;
        StallingProxy _ = proxy) {
      // both are closed
    }
  }

  private Fleet.Node startWorker() throws Exception {
    return fleet.startWorker(
        "w1", new JsonObject().put("scheduler", new JsonArray().add("127.0.0.1:" + proxy.port())));
  }

  private Job startJob(String... command) throws Exception {
    StartJobRequest.Builder request = StartJobRequest.newBuilder().setCommand(command[0]);
    for (int i = 1; i < command.length; i++) {
      request.addArgs(command[i]);
    }
    return fleet.call(fleet.admin(), WorkerGrpcClient.StartJob, request.build()).getJob();
  }

  private Job shown(Job job) throws Exception {
    return fleet
        .call(
            fleet.admin(),
            WorkerGrpcClient.QueryJob,
            QueryJobRequest.newBuilder().setJobId(job.getJobId()).build())
        .getJob();
  }

  private void await(Job job, JobState state) throws Exception {
    Fleet.eventually(
        "the job is " + state, () -> Unchecked.get(() -> shown(job).getState()) == state);
  }

  /** By the scheduler's own record; to a query the worker answers. */
  private boolean hasEnded() throws Exception {
    ListJobsRequest ended =
        ListJobsRequest.newBuilder().addStates(JobState.JOB_STATE_SUCCEEDED).build();
    return fleet.call(fleet.admin(), WorkerGrpcClient.ListJobs, ended).getJobsCount() == 1;
  }

  private void await(WorkerState state) throws Exception {
    Fleet.eventually(
        "the worker is " + state,
        () -> Unchecked.get(() -> fleet.workers().getFirst().getState()) == state);
  }

  private int forget(boolean loseJobs) throws Exception {
    return fleet
        .call(
            fleet.admin(),
            SchedulerGrpcClient.ForgetWorker,
            ForgetWorkerRequest.newBuilder().setWorkerId(worker.id()).setLoseJobs(loseJobs).build())
        .getLostJobs();
  }

  private void assertRefused(boolean loseJobs, Reason reason, String words) {
    assertThatThrownBy(() -> forget(loseJobs))
        .isInstanceOfSatisfying(
            ApiException.class, refusal -> assertThat(refusal.reason()).isEqualTo(reason))
        .hasMessageContaining(words);
  }

  @Test
  void oneThatIsThereIsNotForgotten() throws Exception {
    assertRefused(true, Reason.WORKER_NOT_GONE, "worker w1 is not gone, it is ONLINE");

    assertThat(fleet.workers()).hasSize(1);
    Job job = startJob("true");
    await(job, JobState.JOB_STATE_SUCCEEDED);
  }

  @Test
  void oneThatHasLeftIsGoneWithItsDrainAndItsJobsAreStillKnown() throws Exception {
    Job job = startJob("true");
    Fleet.eventually("the scheduler was told of its end", () -> Unchecked.get(this::hasEnded));
    fleet.call(
        fleet.admin(),
        SchedulerGrpcClient.DrainWorker,
        DrainWorkerRequest.newBuilder().setWorkerId(worker.id()).build());
    fleet.stop(worker.running());
    await(WorkerState.WORKER_STATE_OFFLINE);

    assertThat(forget(false)).isZero();

    assertThat(fleet.workers()).isEmpty();
    assertThat(shown(job).getState()).isEqualTo(JobState.JOB_STATE_SUCCEEDED);
    assertThat(shown(job).getWorkerName()).isEqualTo("w1");
    assertRefused(false, Reason.WORKER_NOT_FOUND, worker.id());
    startWorker(); // which waits until it is ONLINE, and not drained
  }

  @Test
  void theJobsOfOneThatIsSilentAreLostOnlyWhereThatIsSaid() throws Exception {
    Job job = startJob("sleep", "1000");
    proxy.stall(EnumSet.allOf(StallingProxy.Way.class));
    await(WorkerState.WORKER_STATE_UNREACHABLE);
    assertRefused(false, Reason.WORKER_NOT_GONE, "has 1 job that has not ended");
    assertThat(shown(job).getState()).isEqualTo(JobState.JOB_STATE_RUNNING);

    assertThat(forget(true)).isEqualTo(1);

    assertThat(fleet.workers()).isEmpty();
    assertThat(shown(job).getState()).isEqualTo(JobState.JOB_STATE_LOST);
    assertThat(shown(job).getEnd().getMessage())
        .contains("w1 was given up by spiffe://orrery/admin/admin");

    proxy.stall(EnumSet.noneOf(StallingProxy.Way.class));
    Fleet.eventually("it is back", () -> !Unchecked.get(fleet::workers).isEmpty());
    await(WorkerState.WORKER_STATE_ONLINE);
    assertThat(shown(job).getState()).isEqualTo(JobState.JOB_STATE_LOST);
    assertThat(startJob("true").getWorkerId()).isEqualTo(worker.id());
  }

  @Test
  void aSchedulerThatIsStartedAgainDoesNotWaitForIt() throws Exception {
    proxy.stall(EnumSet.allOf(StallingProxy.Way.class));
    await(WorkerState.WORKER_STATE_UNREACHABLE);
    forget(false);

    fleet.stop(scheduler);
    scheduler = fleet.startScheduler(fleet.schedulerPort());

    assertThat(fleet.workers()).isEmpty();
    String nobody = "01234567-89ab-4cde-8f01-23456789abcd";
    assertThatThrownBy(() -> shown(Job.newBuilder().setJobId(nobody).build()))
        .isInstanceOfSatisfying(
            ApiException.class,
            refusal -> assertThat(refusal.reason()).isEqualTo(Reason.JOB_NOT_FOUND));
  }
}
