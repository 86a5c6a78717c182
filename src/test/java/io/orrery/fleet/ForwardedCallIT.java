package io.orrery.fleet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.orrery.job.ApiException;
import io.orrery.job.Reason;
import io.orrery.rpc.CallOptions;
import io.orrery.rpc.RpcClient;
import io.orrery.security.Identity;
import io.orrery.security.Role;
import io.orrery.security.Tls;
import io.orrery.v1.Job;
import io.orrery.v1.JobState;
import io.orrery.v1.QueryJobRequest;
import io.orrery.v1.StartJobRequest;
import io.orrery.v1.StopJobRequest;
import io.orrery.v1.StopJobResponse;
import io.orrery.v1.WorkerGrpcClient;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Calls that the scheduler passes on: they last no longer than somebody waits for them. */
class ForwardedCallIT {
  @TempDir static Path home;
  private static Fleet fleet;

  @BeforeAll
  static void start() throws Exception {
    fleet = Fleet.start(home);
    fleet.startWorker("w1");
  }

  @AfterAll
  static void stop() throws Exception {
    fleet.close();
  }

  private static Job startStubborn() throws Exception {
    Job job =
        fleet
            .call(
                fleet.admin(),
                WorkerGrpcClient.StartJob,
                StartJobRequest.newBuilder()
                    .setCommand("bash")
                    .addArgs("-c")
                    .addArgs("trap 'echo asked' TERM; echo up; while :; do sleep 0.05; done")
                    .build())
            .getJob();
    Fleet.eventually("the job is up", () -> query(job).getStdoutBytes() > 0);
    return job;
  }

  private static Job query(Job job) {
    try {
      return fleet
          .call(
              fleet.admin(),
              WorkerGrpcClient.QueryJob,
              QueryJobRequest.newBuilder().setJobId(job.getJobId()).build())
          .getJob();
    } catch (Exception failure) {
      throw new AssertionError(failure);
    }
  }

  private static Future<StopJobResponse> stopWithin(
      RpcClient client, Job job, Duration grace, Future<?> unwanted) {
    StopJobRequest request =
        StopJobRequest.newBuilder()
            .setJobId(job.getJobId())
            .setGrace(
                com.google.protobuf.Duration.newBuilder()
                    .setSeconds(grace.toSeconds())
                    .setNanos(grace.getNano()))
            .build();
    return client.call(
        fleet.address(fleet.schedulerPort()),
        _ -> true,
        WorkerGrpcClient.StopJob,
        request,
        CallOptions.within(Duration.ofHours(2)).until(unwanted));
  }

  private static boolean isCancelledAtTheWorker(LogLines access, Job job) {
    return !access
        .with("StopJob", "peer=spiffe://orrery/scheduler/", "status=CANCELLED", job.getJobId())
        .isEmpty();
  }

  @Test
  void aStopWhoseCallerCancelsIsCancelledAtTheWorkerButGoesOn() throws Exception {
    Job job = startStubborn();
    try (LogLines access = new LogLines("orrery.access")) {
      Promise<Void> gone = Promise.promise();
      Future<StopJobResponse> stop =
          stopWithin(fleet.admin(), job, Duration.ofSeconds(1), gone.future());
      Fleet.eventually(
          "the job is asked to stop", () -> query(job).getState() == JobState.JOB_STATE_STOPPING);
      gone.complete();

      assertThatThrownBy(() -> Fleet.await(stop))
          .isInstanceOfSatisfying(
              ApiException.class, end -> assertThat(end.reason()).isEqualTo(Reason.CANCELLED));
      Fleet.eventually("the worker hears of it", () -> isCancelledAtTheWorker(access, job));
      Fleet.eventually(
          "the stop goes on", () -> query(job).getState() == JobState.JOB_STATE_STOPPED);
    }
  }

  @Test
  void aStopWhoseCallersConnectionIsLostIsCancelledAtTheWorker() throws Exception {
    Job job = startStubborn();
    RpcClient lost =
        RpcClient.create(fleet.vertx(), Tls.client(fleet.issue(new Identity(Role.ADMIN, "admin"))));
    try (LogLines access = new LogLines("orrery.access")) {
      Promise<Void> never = Promise.promise();
      stopWithin(lost, job, Duration.ofHours(1), never.future());
      Fleet.eventually(
          "the job is asked to stop", () -> query(job).getState() == JobState.JOB_STATE_STOPPING);

      Fleet.await(lost.close());

      Fleet.eventually("the worker hears of it", () -> isCancelledAtTheWorker(access, job));
    }
    Fleet.await(stopWithin(fleet.admin(), job, Duration.ZERO, Promise.promise().future()));
  }
}
