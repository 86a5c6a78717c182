package io.orrery.launch;

import static org.assertj.core.api.Assertions.assertThat;

import io.orrery.posix.Signal;
import io.orrery.v1.Job;
import io.orrery.v1.JobState;
import io.orrery.v1.WorkerNode;
import io.orrery.v1.WorkerState;
import io.vertx.core.json.JsonObject;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A scheduler that was stopped for longer than its leases (SIGSTOP, a pause of a host). */
final class SchedulerPauseIT {
  private static final long LEASE_SECONDS = 4;

  @TempDir private Path directory;
  private Home home;
  private Launched scheduler;
  private Launched worker;
  private Caller admin;

  @BeforeEach
  void start() throws Exception {
    home = Home.withCertificates(directory);
    JsonObject conf =
        new JsonObject().put("port", 0).put("lease", LEASE_SECONDS + "s").put("lost_after", "1s");
    scheduler = home.run("SchedulerVerticle", "-conf", home.write("scheduler.json", conf));
    worker = home.run("WorkerVerticle", "-conf", home.workerConf(0, scheduler.port()));
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

  @Test
  void hearsItsWorkersAgainBeforeItJudgesThem() throws Exception {
    Job job = admin.start("sleep 300");
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(3 * LEASE_SECONDS);
    scheduler.signal(Signal.STOP);
    worker.await(Pattern.compile("did not take the heartbeat"));
    while (System.nanoTime() < end) {
      TimeUnit.MILLISECONDS.sleep(10);
    }
    WorkerNode before = WorkerNode.getDefaultInstance();

    scheduler.signal(Signal.CONT);
    scheduler.await(Pattern.compile("the scheduler was stopped for \\d+ ms"));
    long heard = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
    while (before.getHeartbeatTime().getSeconds() < System.currentTimeMillis() / 1000 - 2) {
      before = admin.worker().orElseThrow();
      assertThat(before.getState()).isEqualTo(WorkerState.WORKER_STATE_ONLINE);
      assertThat(System.nanoTime()).as("time to be heard").isLessThan(heard);
      TimeUnit.MILLISECONDS.sleep(10);
    }

    assertThat(admin.query(job).getState()).isEqualTo(JobState.JOB_STATE_RUNNING);
    assertThat(scheduler.text()).doesNotContain("is UNREACHABLE no heartbeat");
  }
}
