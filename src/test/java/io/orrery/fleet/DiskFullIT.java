package io.orrery.fleet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.orrery.job.ApiException;
import io.orrery.job.Reason;
import io.orrery.rpc.RpcClient;
import io.orrery.v1.Job;
import io.orrery.v1.JobState;
import io.orrery.v1.QueryJobRequest;
import io.orrery.v1.StartJobRequest;
import io.orrery.v1.WorkerGrpcClient;
import io.orrery.v1.WorkerNode;
import io.orrery.v1.WorkerState;
import io.vertx.core.json.JsonObject;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The disk of a worker is full: before a job, and in the middle of one. */
class DiskFullIT {
  private static final JsonObject FREE =
      new JsonObject().put("free", new JsonObject().put("space", "1MiB").put("percent", 50));

  @TempDir Path home;
  private Fleet fleet;
  private RpcClient admin;

  @BeforeEach
  void start() throws Exception {
    fleet = Fleet.start(home);
    admin = fleet.admin();
  }

  @AfterEach
  void stop() {
    fleet.close();
  }

  private static StartJobRequest.Builder shell(String script) {
    return StartJobRequest.newBuilder().setCommand("bash").addArgs("-c").addArgs(script);
  }

  private String start(StartJobRequest.Builder request) throws Exception {
    return fleet.call(admin, WorkerGrpcClient.StartJob, request.build()).getJobId();
  }

  private Job over(String job) throws Exception {
    Fleet.eventually("the end", () -> query(job).hasEndTime());
    return query(job);
  }

  private Job query(String job) {
    try {
      QueryJobRequest request = QueryJobRequest.newBuilder().setJobId(job).build();
      return fleet.call(admin, WorkerGrpcClient.QueryJob, request).getJob();
    } catch (Exception e) {
      throw new AssertionError(e);
    }
  }

  private WorkerNode worker() {
    try {
      return fleet.workers().getFirst();
    } catch (Exception e) {
      throw new AssertionError(e);
    }
  }

  private void awaitState(WorkerState state) throws Exception {
    Fleet.eventually(state.toString(), () -> worker().getState() == state);
  }

  private void awaitFile(String job, String name) throws Exception {
    Path file = home.resolve("data/w1/jobs").resolve(job).resolve(name);
    Fleet.eventually(name + " is on the disk", () -> Files.exists(file));
  }

  /** Pinned, so that the scheduler asks; and at the worker itself. */
  private void assertRefused(Fleet.Node node, String why) {
    StartJobRequest pinned = shell("true").setWorkerId(node.id()).build();
    for (int port : new int[] {fleet.schedulerPort(), node.port()}) {
      assertThatThrownBy(() -> fleet.callAt(port, admin, WorkerGrpcClient.StartJob, pinned))
          .hasMessageContaining(why)
          .isInstanceOfSatisfying(
              ApiException.class,
              refusal -> assertThat(refusal.reason()).isEqualTo(Reason.DRAINING));
    }
  }

  @Test
  void aFullDiskStopsNoJobThatRunsAndLetsNoneBeStartedUntilThereIsRoom() throws Exception {
    Path gate = home.resolve("gate");
    try (SmallDisk disk = SmallDisk.mount(home.resolve("data/w1"), "size=8m")) {
      Fleet.Node node = fleet.startWorker("w1", FREE);
      String waiting =
          start(
              shell(
                  "until [ -e %s ]; do sleep 0.02; done; head -c 64M /dev/zero; exit $((40 + $?))"
                      .formatted(gate)));
      String goesOn = start(shell("exec sleep 1000"));
      disk.fill();
      awaitState(WorkerState.WORKER_STATE_DRAINING);
      assertThat(worker().getReason()).contains("nearly full; make room");
      assertRefused(node, "nearly full; make room");
      assertThat(query(waiting).getState()).isEqualTo(JobState.JOB_STATE_RUNNING);
      Fleet.eventually("the loss is told while it lasts", () -> query(waiting).hasOutputLoss());
      assertThat(query(waiting).getOutputLoss().getErrno()).isEqualTo("ENOSPC");
      assertThat(query(waiting).getOutputLoss().hasEndTime()).isFalse();

      // The job hears of it from its own write(2): it is neither blocked nor killed.
      Files.createFile(gate);
      Job end = over(waiting);
      assertThat(end.getState()).isEqualTo(JobState.JOB_STATE_FAILED);
      assertThat(end.getEnd().getExitCode()).isEqualTo(41);
      assertThat(end.getOutputLoss().getEndTime()).isEqualTo(end.getEndTime());
      assertThat(end.getOutputLoss().getCertain()).isFalse();

      disk.empty();
      awaitState(WorkerState.WORKER_STATE_ONLINE);
      Job later = over(start(shell("echo works")));
      assertThat(later.getState()).isEqualTo(JobState.JOB_STATE_SUCCEEDED);
      assertThat(later.hasOutputLoss()).isFalse();
      Fleet.eventually("the loss is over", () -> query(goesOn).getOutputLoss().hasEndTime());
      assertThat(query(goesOn).getState()).isEqualTo(JobState.JOB_STATE_RUNNING);
      awaitFile(waiting, "exit.json");
      awaitFile(waiting, "output-loss.json");
      fleet.stop(node.running());

      Fleet.Node again = fleet.startWorker("w1", FREE);
      assertThat(query(waiting).getOutputLoss()).isEqualTo(end.getOutputLoss());
      assertThat(query(goesOn).hasOutputLoss()).isTrue();
      fleet.stop(again.running());
    }
  }

  @Test
  void aWorkerThatIsStartedOnAFullDiskTakesNoJobsUntilThereIsRoom() throws Exception {
    try (SmallDisk disk = SmallDisk.mount(home.resolve("data/w1"), "size=8m")) {
      Fleet.Node node = fleet.startWorker("w1", FREE);
      fleet.stop(node.running());
      disk.fill();

      Fleet.Node again = fleet.startWorker("w1", FREE, WorkerState.WORKER_STATE_DRAINING);
      assertRefused(again, "nearly full");
      disk.empty();

      awaitState(WorkerState.WORKER_STATE_ONLINE);
      assertThat(over(start(shell("true"))).getState()).isEqualTo(JobState.JOB_STATE_SUCCEEDED);
      fleet.stop(again.running());
    }
  }

  @Test
  void withoutInodesNoJobIsStartedEither() throws Exception {
    try (SmallDisk disk = SmallDisk.mount(home.resolve("data/w1"), "size=8m,nr_inodes=400")) {
      Fleet.Node node = fleet.startWorker("w1", FREE);
      assertThat(over(start(shell("true"))).getState()).isEqualTo(JobState.JOB_STATE_SUCCEEDED);
      disk.fillInodes();

      awaitState(WorkerState.WORKER_STATE_DRAINING);
      assertRefused(node, "no inodes left");
      disk.empty();

      awaitState(WorkerState.WORKER_STATE_ONLINE);
      assertThat(over(start(shell("true"))).getState()).isEqualTo(JobState.JOB_STATE_SUCCEEDED);
      fleet.stop(node.running());
    }
  }

  @Test
  void retentionMakesRoomOnADiskThatIsFull() throws Exception {
    JsonObject none = new JsonObject().put("retention", new JsonObject().put("jobs", 1));
    try (SmallDisk disk = SmallDisk.mount(home.resolve("data/w1"), "size=8m")) {
      Fleet.Node node = fleet.startWorker("w1", FREE);
      String old = start(shell("head -c 1M /dev/zero"));
      over(old);
      over(start(shell("true")));
      fleet.stop(node.running());
      disk.fill();

      Fleet.Node again =
          fleet.startWorker("w1", none.mergeIn(FREE), WorkerState.WORKER_STATE_UNSPECIFIED);

      Fleet.eventually("the removal", () -> query(old).hasOutputRemoval());
      Fleet.eventually(
          "the room",
          () -> !Files.exists(home.resolve("data/w1/jobs").resolve(old).resolve("stdout")));
      fleet.stop(again.running());
    }
  }
}
