package io.orrery.launch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.orrery.job.ApiException;
import io.orrery.job.Reason;
import io.orrery.posix.Signal;
import io.orrery.v1.Job;
import io.orrery.v1.JobState;
import io.orrery.v1.ListJobsRequest;
import io.orrery.v1.StartJobRequest;
import io.orrery.v1.WorkerGrpcClient;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A scheduler that dies, as by SIGKILL, at each step of a StartJob, under a client that asks again
 * with the same job id: there is one job, which runs once.
 */
class SchedulerFaultPointIT {
  @TempDir private Path directory;
  private Home home;
  private Path conf;
  private Path mark;
  private Path marks;
  private Path gate;
  private Launched scheduler;
  private Launched worker;
  private Caller admin;

  @BeforeEach
  void prepare() throws Exception {
    home = Home.withCertificates(directory);
    mark = directory.resolve("mark");
    marks = directory.resolve("marks");
    gate = directory.resolve("gate");
  }

  /** What the scheduler's configuration says of its store. */
  JsonObject store(Path directory) throws Exception {
    return new JsonObject();
  }

  private Path schedulerConf(int port) throws Exception {
    JsonObject usual = new JsonObject(Files.readString(home.schedulerConf(port)));
    return home.write("scheduler.json", usual.put("store", store(directory)));
  }

  private void start(String point) throws Exception {
    String options = Home.SMALL + " -Dorrery.fault=" + point + ":" + mark;
    Map<String, String> faulty = Map.of("ORRERY_JAVA_OPTS", options);
    scheduler = home.run(faulty, "SchedulerVerticle", "-conf", schedulerConf(0));
    int port = scheduler.port();
    conf = schedulerConf(port);
    Path workerConf = home.workerConf(0, port);
    JsonObject oneAtATime = new JsonObject(Files.readString(workerConf)).put("slots", 1);
    worker = home.run("WorkerVerticle", "-conf", home.write("worker.json", oneAtATime));
    admin = new Caller(home.tls("admin"), port);
    admin.awaitOnline(worker.port());
  }

  @AfterEach
  void stop() {
    try (Home _ = home;
        Caller _ = admin) {
      // closed also when the start failed half-way
    }
  }

  private StartJobRequest request() {
    return StartJobRequest.newBuilder()
        .setJobId(UUID.randomUUID().toString())
        .setCommand("bash")
        .addArgs("-c")
        .addArgs("echo mark >> " + marks + "; exit 7")
        .build();
  }

  private Job startAgainAndAgain(StartJobRequest request) throws Exception {
    while (true) {
      try {
        return admin.call(WorkerGrpcClient.StartJob, request).getJob();
      } catch (ApiException | IOException failure) {
        restartIfDead();
      }
    }
  }

  private void restartIfDead() throws Exception {
    if (!ProcessHandle.of(scheduler.pid()).map(ProcessHandle::isAlive).orElse(false)) {
      assertThat(scheduler.exitCode()).isEqualTo(137);
      scheduler = home.run("SchedulerVerticle", "-conf", conf);
      assertThat(scheduler.port()).isPositive();
    }
  }

  private boolean hasEnded(Job job) throws Exception {
    try {
      return admin.query(job).hasEndTime();
    } catch (ApiException | IOException failure) {
      restartIfDead();
      return false;
    }
  }

  private void assertRanOnce(Job job) throws Exception {
    Caller.eventually(() -> hasEnded(job));
    assertThat(mark).as("the fault").exists();
    assertThat(admin.query(job).getEnd().getExitCode()).isEqualTo(7);
    assertThat(Files.readAllLines(marks)).containsExactly("mark");
    assertThat(
            admin
                .call(WorkerGrpcClient.ListJobs, ListJobsRequest.getDefaultInstance())
                .getJobsList())
        .filteredOn(listed -> listed.getJobId().equals(job.getJobId()))
        .hasSize(1);
  }

  @ParameterizedTest
  @ValueSource(strings = {"before-order", "after-order", "before-answer"})
  void aJobThatCanStartAtOnceRunsOnce(String point) throws Exception {
    start(point);
    StartJobRequest request = request();

    Job job = startAgainAndAgain(request);

    assertThat(job.getJobId()).isEqualTo(request.getJobId());
    assertRanOnce(job);
  }

  @ParameterizedTest
  @ValueSource(strings = {"before-queued", "after-queued", "before-assigned", "after-assigned"})
  void aJobThatHasToWaitRunsOnce(String point) throws Exception {
    start(point);
    Job first = admin.start("until [ -e " + gate + " ]; do sleep 0.1; done");
    StartJobRequest request = request();

    Job job = startAgainAndAgain(request);
    assertThat(job.getState()).isEqualTo(JobState.JOB_STATE_QUEUED);
    Files.createFile(gate);

    assertRanOnce(job);
    Caller.eventually(() -> admin.query(first).hasEndTime());
    assertThat(admin.query(first).getEnd().getExitCode()).isZero();
  }

  @Test
  void aJobIsNotShownOlderThanItsCallerMayKnowIt() throws Exception {
    start("before-answer");
    StartJobRequest request = request();
    assertThatThrownBy(() -> admin.call(WorkerGrpcClient.StartJob, request))
        .isInstanceOf(Exception.class);
    // A dead one's connections may be gone before the process is.
    assertThat(scheduler.exitCode()).isEqualTo(137);
    worker.signal(Signal.STOP);
    Job job = Job.newBuilder().setJobId(request.getJobId()).build();
    try {
      restartIfDead();
      // What the scheduler was told before it died may have come to its store, or not.
      assertThat(admin.query(job).getPid()).isPositive();
    } catch (ApiException refusal) {
      assertThat(refusal.reason()).isEqualTo(Reason.STARTING);
    } finally {
      worker.signal(Signal.CONT);
    }
    assertRanOnce(job);
    assertThat(admin.query(job).getPid()).isPositive();
  }
}
