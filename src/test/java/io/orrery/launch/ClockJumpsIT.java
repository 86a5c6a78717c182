package io.orrery.launch;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Timestamp;
import io.orrery.fleet.Reader;
import io.orrery.launch.Program.Ran;
import io.orrery.rpc.Times;
import io.orrery.security.CertificateAuthority;
import io.orrery.v1.Job;
import io.orrery.v1.JobState;
import io.orrery.v1.OutputPolicy;
import io.orrery.v1.StartJobRequest;
import io.orrery.v1.StopJobRequest;
import io.orrery.v1.WorkerGrpcClient;
import io.orrery.v1.WorkerNode;
import io.orrery.v1.WorkerState;
import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Wall clocks that are set by hours and days while jobs run, wait and are kept. */
final class ClockJumpsIT {
  private static final Duration HOUR = Duration.ofHours(1);
  private static final Duration DAY = Duration.ofDays(1);
  private static final List<Duration> JUMPS = List.of(HOUR, HOUR.negated(), DAY, DAY.negated());

  /** Of the jobs that fill the worker, so that others wait. */
  private static final int SLOTS = 2;

  @TempDir private Path directory;
  private Home home;
  private WallClock schedulersClock;
  private WallClock workersClock;
  private Launched scheduler;
  private Launched worker;
  private Caller admin;
  private Caller direct;

  @BeforeEach
  void start() throws Exception {
    home = Home.withCertificates(directory);
    schedulersClock = WallClock.create(directory);
    workersClock = WallClock.create(directory);
    JsonObject http = new JsonObject().put("port", 0);
    JsonObject conf =
        new JsonObject()
            .put("port", 0)
            .put("http", http)
            .put("lease", "10s")
            .put("lost_after", "1s");
    scheduler =
        home.run(
            schedulersClock.environment(),
            "SchedulerVerticle",
            "-conf",
            home.write("scheduler.json", conf));
    worker = home.run(workersClock.environment(), "WorkerVerticle", "-conf", workerConf());
    admin = new Caller(home.tls("admin"), scheduler.port());
    direct = new Caller(home.tls("admin"), worker.port());
    admin.awaitOnline(worker.port());
  }

  /** The worker is the parent of its jobs, so that they end by its clock. */
  private Path workerConf() throws Exception {
    Path conf = home.embeddedWorkerConf(0, scheduler.port());
    JsonObject json = new JsonObject(Files.readString(conf));
    json.getJsonObject("retention").put("age", "2h");
    return Files.writeString(conf, json.put("slots", SLOTS).encode());
  }

  @AfterEach
  void stop() {
    try (Home _ = home;
        Caller _ = admin;
        Caller _ = direct) {
      // closed also when the start failed half-way
    }
  }

  private static StartJobRequest.Builder bash(String script) {
    return StartJobRequest.newBuilder().setCommand("bash").addArgs("-c").addArgs(script);
  }

  private static Job start(Caller caller, StartJobRequest.Builder request) throws Exception {
    return caller.call(WorkerGrpcClient.StartJob, request.build()).getJob();
  }

  private Job awaitEnd(Caller caller, Job job) throws Exception {
    Caller.eventually(() -> CrashSite.isOver(caller.query(job)));
    return caller.query(job);
  }

  private static Duration between(Timestamp from, Timestamp to) {
    return Duration.between(Times.instant(from), Times.instant(to));
  }

  private static Duration ran(Job over) {
    return between(over.getStartTime(), over.getEndTime());
  }

  @Test
  void nothingButTheTimesThatAreShownChanges() throws Exception {
    Path gate = directory.resolve("gate");
    Job kept = awaitEnd(direct, start(direct, bash("echo kept")));
    long begin = System.nanoTime();
    Job printing =
        start(
            admin,
            bash("i=0; until [ -e " + gate + " ]; do echo $((i++)); sleep 0.05; done; echo end"));
    Job limited = start(admin, bash("sleep 300").setTimeout(Times.duration(HOUR.dividedBy(2))));
    Job waiting = start(admin, bash("true").setQueueTimeout(Times.duration(HOUR.dividedBy(2))));
    Future<Reader> followed = admin.follow(printing);

    for (Duration jump : JUMPS) {
      jump(jump, Duration.ZERO);
      assertNothingHappened(kept, List.of(printing, limited), waiting);
      jump(Duration.ZERO, jump);
      assertNothingHappened(kept, List.of(printing, limited), waiting);
      jump(jump, jump);
      assertNothingHappened(kept, List.of(printing, limited), waiting);
    }

    jump(DAY, DAY);
    Files.createFile(gate);
    assertRanSince(begin, awaitEnd(admin, printing));
    jump(DAY.negated(), DAY.negated());
    stop(limited);
    assertRanSince(begin, awaitEnd(admin, limited));
    assertEveryByte(Caller.await(followed), admin.read(printing));
    jump(Duration.ZERO, Duration.ZERO);
    assertShownAsLastingMinutes(printing);
    assertShownAsLastingMinutes(limited);
    assertThat(scheduler.text()).doesNotContain("UNREACHABLE").doesNotContain(" is lost");
  }

  private void jump(Duration schedulers, Duration workers) {
    schedulersClock.setAhead(schedulers);
    workersClock.setAhead(workers);
  }

  private void assertNothingHappened(Job kept, List<Job> running, Job waiting) throws Exception {
    Timestamp heard = admin.worker().orElseThrow().getHeartbeatTime();
    WorkerNode node =
        admin.awaitWorker(
            worker ->
                !worker.getHeartbeatTime().equals(heard)
                    && schedulersClock.shows(worker.getHeartbeatTime()));
    assertThat(node.getState()).isEqualTo(WorkerState.WORKER_STATE_ONLINE);

    OutputPolicy notKept =
        OutputPolicy.newBuilder().setRetention(Times.duration(Duration.ZERO)).build();
    Job brief = awaitEnd(direct, start(direct, bash("echo brief").setOutput(notKept)));
    assertThat(workersClock.shows(brief.getStartTime())).isTrue();
    assertThat(ran(brief)).isBetween(Duration.ZERO, Launched.PATIENCE);
    Caller.eventually(() -> direct.query(brief).hasOutputRemoval());
    assertThat(direct.query(kept).hasOutputRemoval()).isFalse();
    assertThat(direct.read(kept).stdout()).asString(UTF_8).isEqualTo("kept\n");

    for (Job job : running) {
      assertThat(admin.query(job).getState()).isEqualTo(JobState.JOB_STATE_RUNNING);
    }
    assertThat(admin.query(waiting).getState()).isEqualTo(JobState.JOB_STATE_QUEUED);
  }

  /** By the clock that nobody sets. */
  private static void assertRanSince(long begin, Job over) {
    assertThat(over.getState()).isIn(JobState.JOB_STATE_SUCCEEDED, JobState.JOB_STATE_STOPPED);
    Duration most = Duration.ofNanos(System.nanoTime() - begin);
    assertThat(ran(over)).isBetween(most.dividedBy(2), most);
  }

  private static void assertEveryByte(Reader live, Reader later) {
    List<String> lines = new String(live.stdout(), UTF_8).lines().toList();
    assertThat(lines).hasSizeGreaterThan(20).last().isEqualTo("end");
    for (int i = 0; i < lines.size() - 1; i++) {
      assertThat(lines.get(i)).isEqualTo(Integer.toString(i));
    }
    assertThat(later.stdout()).isEqualTo(live.stdout());
  }

  private void assertShownAsLastingMinutes(Job job) throws Exception {
    Program orrery = new Program(directory, scheduler.port());
    assertThat(orrery.run("status", job.getJobId()).text())
        .containsPattern("(?m)^ran +([0-9]+m)?[0-9]+s$");
  }

  private void stop(Job job) throws Exception {
    StopJobRequest request = StopJobRequest.newBuilder().setJobId(job.getJobId()).build();
    admin.call(WorkerGrpcClient.StopJob, request);
  }

  @Test
  void afterTheEndOfItsTimeACertificateOpensNothingNewAndWhatRunsGoesOn() throws Exception {
    Job job = admin.start("sleep 300");
    Timestamp heard = admin.worker().orElseThrow().getHeartbeatTime();
    Program orrery = new Program(directory, scheduler.port());
    assertThat(orrery.run("status", job.getJobId()).code()).isZero();
    Duration late = CertificateAuthority.VALIDITY.plus(DAY);

    jump(late, late);

    Ran refused = orrery.run("status", job.getJobId());
    assertThat(refused.code()).isEqualTo(125);
    assertThat(refused.errors())
        .contains("the server refuses your certificate")
        .contains("not expired or revoked?");
    scheduler.await(
        Pattern.compile("TLS handshake with 127.0.0.1:\\d+ failed: its certificate has expired"));
    admin.awaitWorker(
        node ->
            !node.getHeartbeatTime().equals(heard)
                && schedulersClock.shows(node.getHeartbeatTime()));
    assertThat(admin.query(job).getState()).isEqualTo(JobState.JOB_STATE_RUNNING);

    jump(Duration.ZERO, Duration.ZERO);

    assertThat(orrery.run("status", job.getJobId()).code()).isZero();
    assertThat(scheduler.text()).doesNotContain("UNREACHABLE");
  }

  @Test
  void timeoutsEndInTheirTimeAlsoWhenTheClockIsSetBack() throws Exception {
    Duration time = Duration.ofSeconds(3);
    Job limited = start(admin, bash("sleep 300").setTimeout(Times.duration(time)));
    for (int i = 1; i < SLOTS; i++) {
      admin.start("sleep 300");
    }
    Job waiting = start(admin, bash("true").setQueueTimeout(Times.duration(time.dividedBy(2))));
    assertThat(waiting.getState()).isEqualTo(JobState.JOB_STATE_QUEUED);

    jump(DAY.negated(), DAY.negated());

    Job waited = awaitEnd(admin, waiting);
    assertThat(waited.getState()).isEqualTo(JobState.JOB_STATE_TIMED_OUT);
    assertThat(between(waited.getCreateTime(), waited.getEndTime()))
        .isGreaterThanOrEqualTo(Duration.ZERO);
    Job over = awaitEnd(admin, limited);
    assertThat(over.getState()).isEqualTo(JobState.JOB_STATE_TIMED_OUT);
    assertThat(ran(over)).isBetween(time, Launched.PATIENCE);
  }
}
