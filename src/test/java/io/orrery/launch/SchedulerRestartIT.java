package io.orrery.launch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.Message;
import io.orrery.job.ApiException;
import io.orrery.job.Reason;
import io.orrery.posix.Signal;
import io.orrery.v1.Job;
import io.orrery.v1.JobState;
import io.orrery.v1.ListJobsRequest;
import io.orrery.v1.QueryJobRequest;
import io.orrery.v1.StartJobRequest;
import io.orrery.v1.WorkerGrpcClient;
import io.orrery.v1.WorkerNode;
import io.orrery.v1.WorkerState;
import io.vertx.core.json.JsonObject;
import io.vertx.grpc.common.ServiceMethod;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What clients see of a scheduler that was killed and started again under running jobs. */
final class SchedulerRestartIT {
  @TempDir private Path directory;
  private Home home;
  private Launched scheduler;
  private int port;
  private Launched worker;
  private Caller admin;

  @BeforeEach
  void start() throws Exception {
    home = Home.withCertificates(directory);
    startScheduler(0);
    worker = home.run("WorkerVerticle", "-conf", home.workerConf(0, port));
    admin = new Caller(home.tls("admin"), port);
    admin.awaitOnline(worker.port());
  }

  private void startScheduler(int onPort) throws Exception {
    JsonObject conf = new JsonObject().put("port", onPort).put("lease", "30s");
    scheduler = home.run("SchedulerVerticle", "-conf", home.write("scheduler.json", conf));
    port = scheduler.port();
  }

  private void restartScheduler() throws Exception {
    scheduler.signal(Signal.KILL);
    assertThat(scheduler.exitCode()).isEqualTo(137);
    startScheduler(port);
  }

  @AfterEach
  void stop() {
    try (Home _ = home;
        Caller _ = admin) {
      // closed also when the start failed half-way
    }
  }

  /** As a client does that obeys RetryInfo. */
  private <I extends Message, O extends Message> O patiently(ServiceMethod<O, I> method, I request)
      throws Exception {
    while (true) {
      try {
        return admin.call(method, request);
      } catch (ApiException refusal) {
        assertThat(refusal.reason()).isEqualTo(Reason.STARTING);
      }
    }
  }

  @Test
  void aStartThatIsRepeatedAtTheNewSchedulerFindsTheJobOfTheFirst() throws Exception {
    Path marks = directory.resolve("marks");
    StartJobRequest request =
        StartJobRequest.newBuilder()
            .setJobId(UUID.randomUUID().toString())
            .setCommand("bash")
            .addArgs("-c")
            .addArgs("echo mark >> " + marks + "; sleep 300")
            .build();
    Job first = admin.call(WorkerGrpcClient.StartJob, request).getJob();
    Caller.eventually(() -> Files.exists(marks));

    restartScheduler();
    Job again = patiently(WorkerGrpcClient.StartJob, request).getJob();

    assertThat(again.getPid()).isEqualTo(first.getPid());
    assertThat(marks).hasContent("mark");
  }

  @Test
  void aJobIsFoundAtTheNewSchedulerFromItsFirstMoment() throws Exception {
    Job job = admin.start("sleep 300");

    restartScheduler();

    for (String id : new String[] {job.getJobId(), job.getJobId().substring(0, 6)}) {
      QueryJobRequest query = QueryJobRequest.newBuilder().setJobId(id).build();
      assertThat(patiently(WorkerGrpcClient.QueryJob, query).getJob().getPid())
          .isEqualTo(job.getPid());
    }
  }

  @Test
  void aWorkerThatHasNotComeBackYetIsShownSoAndItsJobsAreNotDenied() throws Exception {
    Job job = admin.start("sleep 300");
    WorkerNode before = admin.worker().orElseThrow();
    worker.signal(Signal.STOP);

    restartScheduler();

    WorkerNode now = admin.worker().orElseThrow();
    assertThat(now.getWorkerId()).isEqualTo(before.getWorkerId());
    assertThat(now.getState()).isEqualTo(WorkerState.WORKER_STATE_ONLINE);
    assertThat(now.getReason()).contains("not heard of since");
    assertThat(now.hasHeartbeatTime()).isFalse();
    assertThat(
            admin
                .call(WorkerGrpcClient.ListJobs, ListJobsRequest.getDefaultInstance())
                .getUnreachableList())
        .containsExactly(before.getWorkerId());
    Job known = admin.query(job);
    assertThat(known.getState()).isEqualTo(JobState.JOB_STATE_RUNNING);
    assertThat(known.getPid()).isEqualTo(job.getPid());
    assertThat(known.hasWorkerUnreachableSince()).isTrue();

    worker.signal(Signal.CONT);
    admin.awaitOnline(worker.port());
    assertThat(admin.query(job).getPid()).isEqualTo(job.getPid());
    assertThat(admin.query(job).hasWorkerUnreachableSince()).isFalse();
  }

  @Test
  void aWorkerThatLeftInOrderIsNotWaitedFor() throws Exception {
    worker.signal(Signal.TERM);
    assertThat(worker.exitCode()).isIn(0, 143);

    restartScheduler();

    assertThat(admin.worker()).isEmpty();
    QueryJobRequest query =
        QueryJobRequest.newBuilder().setJobId(UUID.randomUUID().toString()).build();
    assertThatThrownBy(() -> admin.call(WorkerGrpcClient.QueryJob, query))
        .isInstanceOfSatisfying(
            ApiException.class,
            refusal -> assertThat(refusal.reason()).isEqualTo(Reason.JOB_NOT_FOUND));
  }
}
