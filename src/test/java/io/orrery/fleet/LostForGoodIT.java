package io.orrery.fleet;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.orrery.v1.AttachStart;
import io.orrery.v1.Job;
import io.orrery.v1.JobState;
import io.orrery.v1.QueryJobRequest;
import io.orrery.v1.StartJobRequest;
import io.orrery.v1.StreamJobRequest;
import io.orrery.v1.WorkerGrpcClient;
import io.orrery.v1.WorkerState;
import io.vertx.core.Future;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumSet;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A job that the scheduler has given up, while its worker goes on with it and comes back. */
class LostForGoodIT {
  private static final JsonObject SOON = new JsonObject().put("lost_after", "1s");

  @TempDir Path home;
  private Fleet fleet;
  private StallingProxy proxy;
  private Fleet.Running scheduler;
  private Fleet.Node worker;

  @BeforeEach
  void start() throws Exception {
    fleet = Fleet.prepare(home);
    scheduler = fleet.startScheduler(0, SOON);
    proxy = StallingProxy.to(fleet.schedulerPort());
    worker = startWorker();
  }

  @AfterEach
  void close() throws Exception {
    Files.writeString(home.resolve("gate"), "");
    try (Fleet _ = fleet;
        StallingProxy _ = proxy) {
      // both are closed
    }
  }

  private Fleet.Node startWorker() throws Exception {
    return fleet.startWorker(
        "w1", new JsonObject().put("scheduler", new JsonArray().add("127.0.0.1:" + proxy.port())));
  }

  private Job startJob() throws Exception {
    String script = "echo one; until [ -e '%s' ]; do sleep 0.05; done; echo two";
    StartJobRequest request =
        StartJobRequest.newBuilder()
            .setCommand("bash")
            .addArgs("-c")
            .addArgs(script.formatted(home.resolve("gate")))
            .build();
    return fleet.call(fleet.admin(), WorkerGrpcClient.StartJob, request).getJob();
  }

  private Job shown(Job job) throws Exception {
    return fleet
        .call(
            fleet.admin(),
            WorkerGrpcClient.QueryJob,
            QueryJobRequest.newBuilder().setJobId(job.getJobId()).build())
        .getJob();
  }

  /** The worker is back, and the job runs there. */
  private Job lost() throws Exception {
    Job job = startJob();
    proxy.stall(EnumSet.allOf(StallingProxy.Way.class));
    Fleet.eventually(
        "the job is lost",
        () -> Unchecked.get(() -> shown(job).getState()) == JobState.JOB_STATE_LOST);
    proxy.stall(EnumSet.noneOf(StallingProxy.Way.class));
    Fleet.eventually(
        "the worker is back",
        () ->
            Unchecked.get(() -> fleet.workers().getFirst().getState())
                == WorkerState.WORKER_STATE_ONLINE);
    return job;
  }

  private Future<Reader> follow(Job job) throws Exception {
    StreamJobRequest request = StreamJobRequest.newBuilder().setJobId(job.getJobId()).build();
    return Reader.open(fleet.address(fleet.schedulerPort()), fleet.admin(), request)
        .compose(Reader.Open::end);
  }

  @Test
  void whoReadsItGetsAllThatItPrintsAndIsToldThatItIsLost() throws Exception {
    Job job = lost();
    Future<Reader> reader = follow(job);

    Files.writeString(home.resolve("gate"), "");

    Reader read = Fleet.await(reader);
    assertThat(new String(read.stdout(), UTF_8)).isEqualTo("one\ntwo\n");
    assertThat(read.finalJob().getState()).isEqualTo(JobState.JOB_STATE_LOST);
    assertThat(read.finalJob().getStdoutBytes()).isEqualTo(8);
  }

  @Test
  void whoAttachesToItIsToldThatItIsOver() throws Exception {
    Job job = lost();

    AttachStart start = AttachStart.newBuilder().setJobId(job.getJobId()).build();
    Attached attached = Attached.open(fleet, fleet.schedulerPort(), fleet.admin(), start);

    assertThat(attached.awaitEnd().getState()).isEqualTo(JobState.JOB_STATE_LOST);
  }

  /** A worker that leaves in order is not waited for after a restart, but its jobs are known. */
  @Test
  void itsLateEndStandsBesideTheLossAlsoAfterARestartWithoutItsWorker() throws Exception {
    Job job = lost();
    fleet.stop(worker.running());
    fleet.stop(scheduler);
    scheduler = fleet.startScheduler(fleet.schedulerPort(), SOON);
    assertThat(shown(job).getState()).isEqualTo(JobState.JOB_STATE_LOST);

    worker = startWorker();

    Fleet.eventually("its end is told", () -> Unchecked.get(() -> shown(job).hasLateEnd()));
    assertThat(shown(job).getState()).isEqualTo(JobState.JOB_STATE_LOST);
    assertThat(shown(job).getLateEnd().getState()).isEqualTo(JobState.JOB_STATE_STOPPED);
    assertThat(Fleet.await(follow(job)).finalJob().getState()).isEqualTo(JobState.JOB_STATE_LOST);
  }
}
