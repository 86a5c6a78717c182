package io.orrery.fleet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.Duration;
import io.orrery.job.ApiException;
import io.orrery.job.Reason;
import io.orrery.rpc.CallOptions;
import io.orrery.rpc.RpcClient;
import io.orrery.v1.EndCause;
import io.orrery.v1.Job;
import io.orrery.v1.JobState;
import io.orrery.v1.Limits;
import io.orrery.v1.QueryJobRequest;
import io.orrery.v1.StartJobRequest;
import io.orrery.v1.StopJobRequest;
import io.orrery.v1.StopJobResponse;
import io.orrery.v1.WorkerGrpcClient;
import io.orrery.v1.WorkerNode;
import io.orrery.v1.WorkerState;
import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What a job is held to, from the client to the kernel; to be run as root on a host with cgroups.
 */
class ContainmentIT {
  @TempDir static Path home;
  private static Fleet fleet;
  private static RpcClient admin;

  @BeforeAll
  static void start() throws Exception {
    fleet = Fleet.start(home);
    fleet.startWorker("embedded", new JsonObject().put("runner", "embedded"));
    fleet.startWorker("process", new JsonObject().put("runner", "process"));
    admin = fleet.admin();
  }

  @AfterAll
  static void stop() throws Exception {
    fleet.close();
  }

  private static WorkerNode worker(String name) throws Exception {
    return fleet.workers().stream()
        .filter(worker -> worker.getWorker().getName().equals(name))
        .findFirst()
        .orElseThrow();
  }

  private static StartJobRequest.Builder shell(String worker, String script) throws Exception {
    return StartJobRequest.newBuilder()
        .setWorkerId(worker(worker).getWorkerId())
        .setCommand("sh")
        .addArgs("-c")
        .addArgs(script);
  }

  private static Job start(StartJobRequest.Builder request) throws Exception {
    return fleet.call(admin, WorkerGrpcClient.StartJob, request.build()).getJob();
  }

  private static Job query(Job job) {
    try {
      QueryJobRequest request = QueryJobRequest.newBuilder().setJobId(job.getJobId()).build();
      return fleet.call(admin, WorkerGrpcClient.QueryJob, request).getJob();
    } catch (Exception e) {
      throw new AssertionError(e);
    }
  }

  private static Reader run(StartJobRequest.Builder request) throws Exception {
    return Reader.read(fleet, admin, start(request).getJobId());
  }

  @ParameterizedTest
  @ValueSource(strings = {"embedded", "process"})
  void aJobThatUsesTooMuchMemoryIsToldAsThat(String worker) throws Exception {
    assertThat(worker(worker).getWorker().getEnforcedLimitsList())
        .contains("memory_bytes", "cpus", "pids", "open_files", "nice", "no_new_privileges");
    Job job =
        run(shell(worker, "exec tail /dev/zero")
                .setLimits(Limits.newBuilder().setMemoryBytes(32 << 20)))
            .finalJob();

    assertThat(job.getState()).isEqualTo(JobState.JOB_STATE_FAILED);
    assertThat(job.getEnd().getCause()).isEqualTo(EndCause.END_CAUSE_OOM_KILLED);
    assertThat(job.getUsage().getPeakMemoryBytes()).isBetween(31L << 20, 32L << 20);
  }

  @ParameterizedTest
  @ValueSource(strings = {"embedded", "process"})
  void aDaemonThatLeftEverythingBehindEndsWithItsJob(String worker) throws Exception {
    Path pid = home.resolve("daemon-" + worker);
    String daemon =
        "(env -i setsid sh -c 'echo $$ > %1$s.tmp; mv %1$s.tmp %1$s; exec sleep 300' <&- >&- 2>&-"
            + " &); while [ ! -e %1$s ]; do sleep 0.01; done";
    Job job = run(shell(worker, daemon.formatted(pid))).finalJob();

    assertThat(job.getState()).isEqualTo(JobState.JOB_STATE_SUCCEEDED);
    assertThat(hasEnded(Files.readString(pid).strip())).isTrue();
  }

  /** A zombie that nobody has waited for yet has ended (proc_pid_stat(5)). */
  private static boolean hasEnded(String pid) throws IOException {
    try {
      return Files.readString(Path.of("/proc", pid, "stat")).matches("(?s).*\\) [ZX] .*");
    } catch (NoSuchFileException gone) {
      return true;
    }
  }

  @Test
  void aUserThatIsNotThereIsAWrongField() {
    assertThatThrownBy(() -> start(shell("process", "exit 0").setRunAs("nobody-at-all")))
        .isInstanceOfSatisfying(
            ApiException.class,
            refusal -> {
              assertThat(refusal.reason()).isEqualTo(Reason.INVALID_REQUEST);
              assertThat(refusal.violations().getFirst().field()).isEqualTo("run_as");
            });
  }

  @ParameterizedTest
  @ValueSource(strings = {"embedded", "process"})
  void anotherUsersJobComesToNothingOfTheWorkers(String worker) throws Exception {
    long pid = ProcessHandle.current().pid();
    String script =
        """
        id -un; echo $HOME; touch mine && ls; echo fine >> /dev/stdout
        cat %1$s/certs/%2$s.key; cat /proc/%3$d/environ; ls /proc/%3$d/fd; ls %1$s/data/%2$s/jobs
        ls /proc/self/fd
        """
            .formatted(home, worker, pid);
    Files.setPosixFilePermissions(
        home, java.nio.file.attribute.PosixFilePermissions.fromString("rwxr-xr-x"));
    Reader reader = run(shell(worker, script).setRunAs("nobody"));
    String stderr = new String(reader.stderr(), "UTF-8");

    assertThat(new String(reader.stdout(), "UTF-8"))
        .endsWith("fine\n0\n1\n2\n3\n")
        .doesNotContain("PRIVATE KEY");
    assertThat(stderr.lines().filter(line -> line.contains("Permission denied")).count())
        .as(stderr)
        .isEqualTo(4);
  }

  @ParameterizedTest
  @ValueSource(strings = {"embedded", "process"})
  void aJobThatCannotBeEndedIsNamedAndItsWorkerTakesNoOther(String worker) throws Exception {
    Job job = start(shell(worker, "exec sleep 300"));
    Path freezer = Path.of("/sys/fs/cgroup/freezer/orrery-test-" + UUID.randomUUID());
    Files.createDirectory(freezer);
    try {
      Files.writeString(freezer.resolve("cgroup.procs"), Integer.toString(job.getPid()));
      Files.writeString(freezer.resolve("freezer.state"), "FROZEN");
      int threads = threads(job);
      List<Future<StopJobResponse>> stops = new ArrayList<>();
      for (int i = 0; i < 50; i++) {
        stops.add(stopAtOnce(job));
      }

      for (Future<StopJobResponse> stopped : stops) {
        assertThat(Fleet.await(stopped).getSurvivingPidsList()).containsExactly(job.getPid());
      }
      Fleet.eventually(
          "the job names its survivor",
          () -> query(job).getUnkillablePidsList().contains(job.getPid()));
      assertThat(query(job).getState()).isEqualTo(JobState.JOB_STATE_STOPPING);
      Fleet.eventually("the worker is drained", () -> state(worker, "DRAINING"));
      assertThat(worker(worker).getReason()).contains("SIGKILL", job.getJobId());
      assertThatThrownBy(() -> start(shell(worker, "exit 0")))
          .isInstanceOfSatisfying(
              ApiException.class,
              refusal -> assertThat(refusal.reason()).isEqualTo(Reason.DRAINING));
      assertThat(threads(job)).isLessThanOrEqualTo(threads + 20);
    } finally {
      Files.writeString(freezer.resolve("freezer.state"), "THAWED");
    }
    Fleet.eventually("the job is over", () -> query(job).getState() == JobState.JOB_STATE_STOPPED);
    Fleet.eventually("the worker is back", () -> state(worker, "ONLINE"));
    assertThat(run(shell(worker, "exit 0")).finalJob().getState())
        .isEqualTo(JobState.JOB_STATE_SUCCEEDED);
    Fleet.eventually("the freezer is empty", () -> new File(freezer.toString()).delete());
  }

  private static Future<StopJobResponse> stopAtOnce(Job job) {
    StopJobRequest request =
        StopJobRequest.newBuilder()
            .setJobId(job.getJobId())
            .setGrace(Duration.getDefaultInstance())
            .build();
    return admin.call(
        fleet.address(fleet.schedulerPort()),
        _ -> true,
        WorkerGrpcClient.StopJob,
        request,
        CallOptions.within(java.time.Duration.ofSeconds(30)));
  }

  /** Those of this process and of the one that runs the job, where that is another. */
  private static int threads(Job job) throws IOException {
    String stat = Files.readString(Path.of("/proc", Integer.toString(job.getPid()), "stat"));
    String parent = stat.substring(stat.lastIndexOf(')') + 4).split(" ")[0];
    return tasks("self") + tasks(parent);
  }

  private static int tasks(String pid) {
    String[] tasks = Path.of("/proc", pid, "task").toFile().list();
    return tasks == null ? 0 : tasks.length;
  }

  private static boolean state(String worker, String state) {
    try {
      return worker(worker).getState() == WorkerState.valueOf("WORKER_STATE_" + state);
    } catch (Exception e) {
      throw new AssertionError(e);
    }
  }
}
