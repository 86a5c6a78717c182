package io.orrery.launch;

import static org.assertj.core.api.Assertions.assertThat;

import io.orrery.posix.Signal;
import io.orrery.security.Role;
import io.orrery.v1.Job;
import io.orrery.v1.JobState;
import io.orrery.v1.ListWorkersRequest;
import io.orrery.v1.SchedulerGrpcClient;
import io.orrery.v1.StartJobRequest;
import io.orrery.v1.WorkerGrpcClient;
import io.orrery.v1.WorkerState;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A worker that stands still (SIGSTOP) for so long that its job is run again elsewhere, and then
 * goes on as if nothing had been.
 */
final class WorkerPauseIT {
  private static final String SECOND = "second";

  @TempDir private Path directory;
  private Home home;
  private Launched scheduler;
  private Launched first;
  private Caller admin;

  @BeforeEach
  void start() throws Exception {
    home = Home.withCertificates(directory);
    JsonObject conf =
        new JsonObject()
            .put("port", 0)
            .put("lease", "2s")
            .put("lost_after", "2s")
            .put("http", off());
    scheduler = home.run("SchedulerVerticle", "-conf", home.write("scheduler.json", conf));
    first = home.run("WorkerVerticle", "-conf", home.workerConf(0, scheduler.port()));
    admin = new Caller(home.tls("admin"), scheduler.port());
    admin.awaitOnline(first.port());
  }

  private static JsonObject off() {
    return new JsonObject().put("port", 0);
  }

  @AfterEach
  void stop() throws Exception {
    if (first != null) {
      first.signal(Signal.CONT);
    }
    try (Home _ = home;
        Caller _ = admin) {
      // closed also when the start failed half-way
    }
  }

  /** Another one, whose runner is not looked for: it has no job in the end. */
  private Launched startSecond() throws Exception {
    home.issue(Role.WORKER, SECOND);
    JsonObject conf =
        new JsonObject()
            .put("port", 0)
            .put("scheduler", new JsonArray().add("127.0.0.1:" + scheduler.port()))
            .put(
                "tls",
                new JsonObject()
                    .put("ca", "certs/ca.crt")
                    .put("cert", "certs/second.crt")
                    .put("key", "certs/second.key"))
            .put("data", "data/second")
            .put("runner", "embedded");
    return home.run("WorkerVerticle", "-conf", home.write("second.json", conf));
  }

  private long online() throws Exception {
    return admin
        .call(SchedulerGrpcClient.ListWorkers, ListWorkersRequest.getDefaultInstance())
        .getWorkersList()
        .stream()
        .filter(node -> node.getState() == WorkerState.WORKER_STATE_ONLINE)
        .count();
  }

  private List<String> marks() throws Exception {
    Path file = home.resolve("marks");
    return Files.exists(file) ? Files.readAllLines(file) : List.of();
  }

  private static boolean isThere(String pid) {
    return ProcessHandle.of(Long.parseLong(pid)).filter(ProcessHandle::isAlive).isPresent();
  }

  @Test
  void itsOldRunIsStoppedAndSaysNothingAboutTheNewOne() throws Exception {
    StartJobRequest request =
        StartJobRequest.newBuilder()
            .setCommand("bash")
            .addArgs("-c")
            .addArgs("echo $$ >> " + home.resolve("marks") + "; exec sleep 1000")
            .setMaxAttempts(2)
            .build();
    Job job = admin.call(WorkerGrpcClient.StartJob, request).getJob();
    Caller.eventually(() -> marks().size() == 1);
    startSecond();
    Caller.eventually(() -> online() == 2);

    first.signal(Signal.STOP);
    Caller.eventually(
        () ->
            admin.query(job).getState() == JobState.JOB_STATE_RUNNING
                && admin.query(job).getAttempt() == 2);
    Caller.eventually(() -> marks().size() == 2);
    String old = marks().getFirst();
    assertThat(isThere(old)).as("the job of a worker that stands still runs on").isTrue();
    first.signal(Signal.CONT);
    Caller.eventually(() -> !isThere(old));

    Job now = admin.query(job);
    assertThat(now.getState()).isEqualTo(JobState.JOB_STATE_RUNNING);
    assertThat(now.getAttempt()).isEqualTo(2);
    assertThat(now.getWorkerName()).isEqualTo(SECOND);
    assertThat(isThere(marks().get(1))).isTrue();
    assertThat(marks()).hasSize(2);
  }
}
