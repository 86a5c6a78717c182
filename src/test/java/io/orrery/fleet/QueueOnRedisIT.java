package io.orrery.fleet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.orrery.job.Reason;
import io.orrery.store.RedisServer;
import io.orrery.v1.Job;
import io.orrery.v1.JobState;
import io.orrery.v1.StartJobRequest;
import io.orrery.v1.StopJobRequest;
import io.orrery.v1.WorkerGrpcClient;
import io.vertx.core.json.JsonObject;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The queue with its jobs in a Redis server, which can go away. */
final class QueueOnRedisIT extends QueueIT {
  private Optional<RedisServer> redis = Optional.empty();

  @Override
  JsonObject options() throws Exception {
    if (redis.isEmpty()) {
      redis = Optional.of(RedisServer.start(Files.createDirectory(home.resolve("redis"))));
    }
    JsonObject server = new JsonObject().put("port", redis.get().port());
    return new JsonObject()
        .put("store", new JsonObject().put("type", "redis").put("redis", server));
  }

  @AfterEach
  void end() {
    redis.ifPresent(RedisServer::close);
  }

  @Test
  void whatNeedsTheStoreIsRefusedWhileItIsAwayAndTheRestGoesOn() throws Exception {
    fleet.startWorker("w1", slots(2));
    Job runs = start(job("runs"));
    Path directory = home.resolve("redis");
    redis.orElseThrow().kill();

    // There is room for one more, which the worker's own record makes durable.
    Job direct = start(job("direct"));
    awaitState(direct, JobState.JOB_STATE_RUNNING);
    assertRefused(Reason.STORE_UNAVAILABLE, job("waits"));
    assertThat(query(runs).getState()).isEqualTo(JobState.JOB_STATE_RUNNING);

    redis.orElseThrow().run();
    assertThat(directory).isNotEmptyDirectory();
    Fleet.eventually("jobs may wait again", this::mayWait);
    Files.writeString(gate, "");
    awaitState(runs, JobState.JOB_STATE_SUCCEEDED);
    awaitState(direct, JobState.JOB_STATE_SUCCEEDED);
  }

  /** A slot that is free while nobody can read what is to be run in it. */
  @Test
  void jobsThatWaitKeepWhatIsToBeRunThroughAnOutage() throws Exception {
    fleet.startWorker("w1", slots(1));
    Job runs = start(StartJobRequest.newBuilder().setCommand("sleep").addArgs("1000"));
    Job second = start(job("second"));
    Job third = start(job("third"));
    Job stopped = start(job("stopped"));
    try (LogLines log = new LogLines("io.orrery.scheduler.JobRecords")) {
      redis.orElseThrow().kill();
      StopJobRequest stop = StopJobRequest.newBuilder().setJobId(runs.getJobId()).build();
      fleet.call(admin, WorkerGrpcClient.StopJob, stop);
      Fleet.eventually("it is noticed", () -> !log.with("the store fails").isEmpty());
    }

    StopJobRequest other = StopJobRequest.newBuilder().setJobId(stopped.getJobId()).build();
    assertThatThrownBy(() -> fleet.call(admin, WorkerGrpcClient.StopJob, other))
        .hasMessageContaining("store");
    Files.writeString(gate, "");
    redis.orElseThrow().run();
    Fleet.eventually("the store answers", () -> isShown(third));

    for (Job job : List.of(second, third, stopped)) {
      awaitState(job, JobState.JOB_STATE_SUCCEEDED);
    }
    assertThat(Files.readAllLines(home.resolve("order")))
        .containsExactlyInAnyOrder("second", "third", "stopped");
  }

  /** One that waits for a worker of its own leaves the others alone. */
  @Test
  void whileTheStoreIsAwayAJobThatWaitsHoldsUpThoseAloneThatWantItsPlace() throws Exception {
    Fleet.Node busy = fleet.startWorker("w1", slots(1));
    fleet.startWorker("w2", slots(2));
    Job runs =
        start(
            StartJobRequest.newBuilder()
                .setCommand("sleep")
                .addArgs("1000")
                .setWorkerId(busy.id()));
    Job waits = start(job("waits").setWorkerId(busy.id()));
    assertThat(waits.getState()).isEqualTo(JobState.JOB_STATE_QUEUED);
    try (LogLines log = new LogLines("io.orrery.scheduler.JobRecords")) {
      redis.orElseThrow().kill();
      StopJobRequest stop = StopJobRequest.newBuilder().setJobId(runs.getJobId()).build();
      fleet.call(admin, WorkerGrpcClient.StopJob, stop);
      Fleet.eventually("it is noticed", () -> !log.with("the store fails").isEmpty());
    }

    Job elsewhere = start(job("elsewhere"));
    awaitState(elsewhere, JobState.JOB_STATE_RUNNING);
    assertRefused(Reason.STORE_UNAVAILABLE, job("overtakes").setWorkerId(busy.id()));

    redis.orElseThrow().run();
    Fleet.eventually("the store answers", () -> isShown(waits));
    Files.writeString(gate, "");
    awaitState(waits, JobState.JOB_STATE_SUCCEEDED);
    awaitState(elsewhere, JobState.JOB_STATE_SUCCEEDED);
  }

  @Test
  void ofAnEmptiedStoreThoseWhoWaitHearBeforeTheirTurn() throws Exception {
    fleet.startWorker("w1", slots(1));
    Job runs = start(job("runs"));
    List<Job> waiting = List.of(start(job("second")), start(job("third")));

    redis.orElseThrow().empty();

    for (Job job : waiting) {
      awaitState(job, JobState.JOB_STATE_FAILED);
      assertThat(query(job).getEnd().getMessage()).contains("does not know any more");
      assertThat(query(job).getOwner()).isEqualTo(runs.getOwner());
    }
    assertThat(query(runs).getState()).isEqualTo(JobState.JOB_STATE_RUNNING);
    Job next = start(job("next"));
    assertThat(next.getState()).isEqualTo(JobState.JOB_STATE_QUEUED);
    Files.writeString(gate, "");
    awaitState(runs, JobState.JOB_STATE_SUCCEEDED);
    awaitState(next, JobState.JOB_STATE_SUCCEEDED);
    assertThat(Files.readAllLines(home.resolve("order"))).containsExactly("runs", "next");
  }

  private boolean isShown(Job job) {
    try {
      return query(job).hasCreateTime();
    } catch (Exception notYet) {
      return false;
    }
  }

  private boolean mayWait() {
    try {
      return start(job("again")).getState() == JobState.JOB_STATE_QUEUED;
    } catch (Exception notYet) {
      return false;
    }
  }
}
