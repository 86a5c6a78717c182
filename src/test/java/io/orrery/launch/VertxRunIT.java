package io.orrery.launch;

import static org.assertj.core.api.Assertions.assertThat;

import io.orrery.fleet.Reader;
import io.orrery.posix.Signal;
import io.orrery.v1.Job;
import io.orrery.v1.JobState;
import io.orrery.v1.StartJobRequest;
import io.orrery.v1.WorkerGrpcClient;
import io.orrery.v1.WorkerNode;
import io.orrery.v1.WorkerState;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code vertx run SchedulerVerticle} and {@code vertx run WorkerVerticle}, and their restarts. */
final class VertxRunIT {
  @TempDir private Path directory;
  private Home home;
  private Launched scheduler;
  private int schedulerPort;
  private Launched worker;
  private int workerPort;
  private Caller admin;

  @BeforeEach
  void start() throws Exception {
    home = Home.withCertificates(directory);
    scheduler = home.run("SchedulerVerticle", "-conf", home.schedulerConf(0));
    schedulerPort = scheduler.port();
    worker = home.run("WorkerVerticle", "-conf", home.workerConf(0, schedulerPort));
    workerPort = worker.port();
    admin = new Caller(home.tls("admin"), schedulerPort);
    admin.awaitOnline(workerPort);
  }

  @AfterEach
  void stop() {
    try (Home _ = home;
        Caller _ = admin) {
      // closed also when the start failed half-way
    }
  }

  private void restartWorker() throws Exception {
    worker = home.run("WorkerVerticle", "-conf", home.workerConf(workerPort, schedulerPort));
    assertThat(worker.port()).isEqualTo(workerPort);
  }

  private String idOnDisk() throws Exception {
    Path file = home.resolve("data/worker/worker-id");
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
    while (!Files.exists(file) && System.nanoTime() < end) {
      Thread.onSpinWait(); // the scheduler knows the worker a moment before the worker keeps its id
    }
    return Files.readString(file).strip();
  }

  @Test
  void aScriptRunsOnTheWorkerAndItsOutputArrives() throws Exception {
    Files.writeString(home.resolve("scripts/count.sh"), "for i in 1 2 3; do echo $i; done; exit 7");
    StartJobRequest request =
        StartJobRequest.newBuilder()
            .setWorkerId(idOnDisk())
            .setCommand("bash")
            .setPath("count.sh")
            .build();

    Reader reader = admin.read(admin.call(WorkerGrpcClient.StartJob, request).getJob());

    assertThat(reader.stdout()).isEqualTo("1\n2\n3\n".getBytes(StandardCharsets.UTF_8));
    assertThat(reader.finalJob().getEnd().getExitCode()).isEqualTo(7);
    assertThat(admin.worker().orElseThrow().getWorkerId()).isEqualTo(idOnDisk());
  }

  /** A cache that the JVM does not like is left aside without a word. */
  @Test
  void theStartUpCacheIsUsed() throws Exception {
    Path classes = home.resolve("classes");
    String log = Home.SMALL + " -Xlog:class+load:file=" + classes;
    worker.terminate();
    worker =
        home.run(
            Map.of("ORRERY_JAVA_OPTS", log),
            "WorkerVerticle",
            "-conf",
            home.workerConf(workerPort, schedulerPort));
    worker.port();

    assertThat(Files.readAllLines(classes))
        .anyMatch(line -> line.contains("WorkerVerticle source: shared objects file"));
    assertThat(worker.text()).doesNotContain("[warning]");
  }

  @Test
  void nothingIsServedButCallsWhereTheMetricsAreOff() throws Exception {
    assertThat(Sockets.listening(scheduler.pid())).hasSize(1);
    assertThat(Sockets.listening(worker.pid())).hasSize(1);
  }

  @Test
  void aRestartedWorkerHasItsIdAndItsOldJobs() throws Exception {
    final String id = idOnDisk();
    Job job = admin.start("echo before; exit 5");
    admin.read(job);

    worker.signal(Signal.TERM);
    worker.exitCode();
    admin.awaitWorker(node -> node.getState() == WorkerState.WORKER_STATE_OFFLINE);
    restartWorker();

    assertThat(admin.awaitOnline(workerPort).getWorkerId()).isEqualTo(id).isEqualTo(idOnDisk());
    Reader again = admin.read(job);
    assertThat(again.stdout()).isEqualTo("before\n".getBytes(StandardCharsets.UTF_8));
    assertThat(again.finalJob().getState()).isEqualTo(JobState.JOB_STATE_FAILED);
    assertThat(again.finalJob().getEnd().getExitCode()).isEqualTo(5);
    assertThat(admin.read(admin.start("exit 0")).finalJob().getState())
        .isEqualTo(JobState.JOB_STATE_SUCCEEDED);
  }

  @Test
  void aRestartedSchedulerFindsTheWorkerAndTheJobsAgain() throws Exception {
    Job over = admin.start("echo over; exit 4");
    admin.read(over);
    Job running = admin.start("echo started; sleep 300");
    WorkerNode before = admin.worker().orElseThrow();

    scheduler.signal(Signal.KILL);
    assertThat(scheduler.exitCode()).isEqualTo(137);
    scheduler = home.run("SchedulerVerticle", "-conf", home.schedulerConf(schedulerPort));
    assertThat(scheduler.port()).isEqualTo(schedulerPort);

    WorkerNode after = admin.awaitOnline(workerPort);
    assertThat(after.getWorkerId()).isEqualTo(before.getWorkerId());
    assertThat(after.getRunningJobs()).isEqualTo(1);
    assertThat(admin.query(over).getEnd().getExitCode()).isEqualTo(4);
    assertThat(admin.query(running).getState()).isEqualTo(JobState.JOB_STATE_RUNNING);
    assertThat(admin.query(running).getPid()).isEqualTo(running.getPid());
  }
}
