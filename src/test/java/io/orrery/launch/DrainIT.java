package io.orrery.launch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.orrery.fleet.Reader;
import io.orrery.job.ApiException;
import io.orrery.job.Reason;
import io.orrery.posix.Signal;
import io.orrery.v1.Job;
import io.orrery.v1.JobState;
import io.orrery.v1.WorkerNode;
import io.orrery.v1.WorkerState;
import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A worker that is told to stop while it has jobs. */
final class DrainIT {
  private static final String LONG = "1h";

  @TempDir private Path directory;
  private Home home;
  private Launched worker;
  private Caller admin;

  private void start(String runner, String drain) throws Exception {
    home = Home.withCertificates(directory);
    int schedulerPort = home.run("SchedulerVerticle", "-conf", home.schedulerConf(0)).port();
    JsonObject json = new JsonObject(Files.readString(home.workerConf(0, schedulerPort)));
    json.put("runner", runner).put("drain", drain);
    worker = home.run("WorkerVerticle", "-conf", home.write("worker.json", json));
    admin = new Caller(home.tls("admin"), schedulerPort);
    admin.awaitOnline(worker.port());
  }

  @AfterEach
  void stop() {
    try (Home _ = home;
        Caller _ = admin) {
      // closed also when the start failed half-way
    }
  }

  private Job waitingFor(Path gate) throws Exception {
    Job job =
        admin.start("echo hello; until [ -e " + gate + " ]; do sleep 0.1; done; echo bye; exit 3");
    Caller.eventually(() -> admin.query(job).getStdoutBytes() > 0);
    return job;
  }

  private WorkerNode awaitDraining() throws Exception {
    return admin.awaitWorker(node -> node.getState() == WorkerState.WORKER_STATE_DRAINING);
  }

  @ParameterizedTest
  @ValueSource(strings = {"process", "embedded"})
  void itTakesNoNewJobsAndLeavesWhenTheLastHasEnded(String runner) throws Exception {
    start(runner, LONG);
    Path gate = directory.resolve("gate");
    Job job = waitingFor(gate);
    Future<Reader> reader = admin.follow(job);

    worker.signal(Signal.TERM);

    WorkerNode node = awaitDraining();
    assertThat(node.getReason()).contains("about to stop");
    try (Caller direct = new Caller(home.tls("admin"), worker.port())) {
      assertThatThrownBy(() -> direct.start("true"))
          .isInstanceOfSatisfying(
              ApiException.class,
              refusal -> assertThat(refusal.reason()).isEqualTo(Reason.DRAINING));
    }
    assertThat(admin.start("true").getState()).isEqualTo(JobState.JOB_STATE_QUEUED);
    assertThat(admin.query(job).getState()).isEqualTo(JobState.JOB_STATE_RUNNING);
    Files.createFile(gate);
    assertThat(Caller.await(reader).finalJob().getEnd().getExitCode()).isEqualTo(3);
    assertThat(Caller.await(reader).stdout())
        .isEqualTo("hello\nbye\n".getBytes(StandardCharsets.UTF_8));
    assertThat(worker.exitCode()).isZero();
    admin.awaitWorker(left -> left.getState() == WorkerState.WORKER_STATE_OFFLINE);
  }

  @Test
  void whenTheTimeIsOverItLeavesAndTheJobGoesOn() throws Exception {
    start("process", "1s");
    Job job = waitingFor(directory.resolve("never"));

    worker.signal(Signal.TERM);

    assertThat(worker.exitCode()).isZero();
    assertThat(ProcessHandle.of(job.getPid())).matches(process -> process.orElseThrow().isAlive());
  }

  @Test
  void aSecondSignalEndsItAtOnceAndTheJobGoesOn() throws Exception {
    start("process", LONG);
    Job job = waitingFor(directory.resolve("never"));
    worker.signal(Signal.TERM);
    awaitDraining();

    worker.signal(Signal.TERM);

    assertThat(worker.exitCode()).isEqualTo(143);
    assertThat(ProcessHandle.of(job.getPid())).matches(process -> process.orElseThrow().isAlive());
  }
}
