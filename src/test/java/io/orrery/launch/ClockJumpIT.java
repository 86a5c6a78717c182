package io.orrery.launch;

import static org.assertj.core.api.Assertions.assertThat;

import io.orrery.v1.Job;
import io.orrery.v1.JobState;
import io.orrery.v1.StartJobRequest;
import io.orrery.v1.WorkerGrpcClient;
import io.orrery.v1.WorkerNode;
import io.orrery.v1.WorkerState;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A clock that is set forward and back by a day under running servers (libfaketime): leases,
 * timeouts and jobs do not follow it, only the times that are shown do.
 */
final class ClockJumpIT {
  private static final Duration DAY = Duration.ofDays(1);

  @TempDir private Path directory;
  private Home home;
  private Path offset;
  private Path gate;
  private Launched worker;
  private Caller admin;

  @BeforeEach
  void start() throws Exception {
    home = Home.withCertificates(directory, () -> Instant.now().minus(DAY.multipliedBy(3)));
    offset = Files.writeString(directory.resolve("offset"), "+0");
    gate = directory.resolve("gate");
    Map<String, String> clock =
        Map.of(
            "LD_PRELOAD", library().toString(),
            "FAKETIME_TIMESTAMP_FILE", offset.toString(),
            "FAKETIME_CACHE_DURATION", "1",
            "FAKETIME_DONT_FAKE_MONOTONIC", "1",
            "DONT_FAKE_MONOTONIC", "1");
    JsonObject conf =
        new JsonObject()
            .put("port", 0)
            .put("lease", "2s")
            .put("http", new JsonObject().put("port", 0));
    Launched scheduler =
        home.run(clock, "SchedulerVerticle", "-conf", home.write("scheduler.json", conf));
    worker = home.run(clock, "WorkerVerticle", "-conf", home.workerConf(0, scheduler.port()));
    admin = new Caller(home.tls("admin"), scheduler.port());
    admin.awaitOnline(worker.port());
  }

  @AfterEach
  void stop() {
    try (Home _ = home;
        Caller _ = admin) {
      // closed also when the start failed half-way
    }
  }

  private static Path library() throws IOException {
    try (DirectoryStream<Path> found =
        Files.newDirectoryStream(Path.of("/usr/lib"), "*-linux-gnu")) {
      for (Path each : found) {
        Path library = each.resolve("faketime/libfaketimeMT.so.1");
        if (Files.exists(library)) {
          return library;
        }
      }
    }
    throw new AssertionError("libfaketime is missing; install it with: apt-get install faketime");
  }

  /** Sets the clock of both servers, and waits until both have been seen to have it. */
  private void setClock(long days) throws Exception {
    Files.writeString(offset, "%+dd".formatted(days));
    Instant now = Instant.now().plus(DAY.multipliedBy(days));
    admin.awaitWorker(
        node ->
            Duration.between(Instant.ofEpochSecond(node.getHeartbeatTime().getSeconds()), now)
                    .abs()
                    .compareTo(Duration.ofHours(1))
                < 0);
  }

  private Job start(String script, long timeoutSeconds) throws Exception {
    StartJobRequest.Builder request =
        StartJobRequest.newBuilder().setCommand("bash").addArgs("-c").addArgs(script);
    request.getTimeoutBuilder().setSeconds(timeoutSeconds);
    return admin.call(WorkerGrpcClient.StartJob, request.build()).getJob();
  }

  private Job ended(Job job) throws Exception {
    Caller.eventually(() -> CrashSite.isOver(admin.query(job)));
    return admin.query(job);
  }

  private void assertAllIsWell(Job running) throws Exception {
    WorkerNode node = admin.worker().orElseThrow();
    assertThat(node.getState()).isEqualTo(WorkerState.WORKER_STATE_ONLINE);
    assertThat(admin.query(running).getState()).isEqualTo(JobState.JOB_STATE_RUNNING);
    assertThat(admin.query(running).hasWorkerUnreachableSince()).isFalse();
    assertThat(ended(start("exit 7", 3600)).getEnd().getExitCode()).isEqualTo(7);
    assertThat(ended(start("sleep 300", 1)).getState()).isEqualTo(JobState.JOB_STATE_TIMED_OUT);
  }

  @Test
  void leasesAndTimeoutsDoNotFollowTheClock() throws Exception {
    Job running = start("until [ -e " + gate + " ]; do sleep 0.1; done", 3600);

    for (long days : new long[] {1, -1, 0}) {
      setClock(days);
      assertAllIsWell(running);
    }

    Files.createFile(gate);
    assertThat(ended(running).getState()).isEqualTo(JobState.JOB_STATE_SUCCEEDED);
  }

  @Test
  void noJobEndsBeforeItHasStarted() throws Exception {
    setClock(1);
    Job running = start("until [ -e " + gate + " ]; do sleep 0.1; done", 3600);
    setClock(-1);
    Files.createFile(gate);

    Job over = ended(running);
    assertThat(over.getEndTime().getSeconds())
        .isGreaterThanOrEqualTo(over.getStartTime().getSeconds());
    assertThat(admin.read(running).stdout()).isEmpty();
  }
}
