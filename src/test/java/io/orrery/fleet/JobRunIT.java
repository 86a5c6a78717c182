package io.orrery.fleet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.util.Durations;
import io.orrery.job.ApiException;
import io.orrery.job.JobId;
import io.orrery.job.Reason;
import io.orrery.rpc.RpcClient;
import io.orrery.security.Role;
import io.orrery.v1.EndCause;
import io.orrery.v1.Job;
import io.orrery.v1.JobState;
import io.orrery.v1.ListJobsRequest;
import io.orrery.v1.ListJobsResponse;
import io.orrery.v1.QueryJobRequest;
import io.orrery.v1.SignalJobRequest;
import io.orrery.v1.StartJobRequest;
import io.orrery.v1.StopJobRequest;
import io.orrery.v1.StopJobResponse;
import io.orrery.v1.Usage;
import io.orrery.v1.WorkerGrpcClient;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class JobRunIT {
  @TempDir static Path home;
  private static Fleet fleet;
  private static Fleet.Node one;
  private static Fleet.Node two;
  private static RpcClient admin;

  @BeforeAll
  static void start() throws Exception {
    fleet = Fleet.start(home);
    Files.writeString(home.resolve("scripts/hello.sh"), "echo hello $1; echo oops >&2; exit 3\n");
    one = fleet.startWorker("w1");
    two =
        fleet.startWorker(
            "w2",
            new JsonObject()
                .put("labels", new JsonObject().put("zone", "b"))
                .put("allow", new JsonArray().add("true").add("bash hello.sh")));
    admin = fleet.admin();
  }

  @AfterAll
  static void stop() throws Exception {
    fleet.close();
  }

  private static StartJobRequest.Builder shell(String script) {
    return StartJobRequest.newBuilder()
        .setWorkerId(one.id())
        .setCommand("bash")
        .addArgs("-c")
        .addArgs(script);
  }

  private static Job start(StartJobRequest.Builder request) throws Exception {
    return fleet.call(admin, WorkerGrpcClient.StartJob, request.build()).getJob();
  }

  private static Job query(RpcClient client, String id) throws Exception {
    return fleet
        .call(client, WorkerGrpcClient.QueryJob, QueryJobRequest.newBuilder().setJobId(id).build())
        .getJob();
  }

  private static Job run(StartJobRequest.Builder request) throws Exception {
    return Reader.read(fleet, admin, start(request).getJobId()).finalJob();
  }

  private static void assertRefused(Reason reason, Callable<?> call) {
    assertThatThrownBy(call::call)
        .isInstanceOfSatisfying(
            ApiException.class, refusal -> assertThat(refusal.reason()).isEqualTo(reason));
  }

  @Test
  void theSeedsRequestRunsTheScriptOfTheScriptsFolder() throws Exception {
    Job job =
        start(
            StartJobRequest.newBuilder()
                .setWorkerId(one.id())
                .setCommand("bash")
                .setPath("hello.sh")
                .addArgs("wörld"));
    Reader reader = Reader.read(fleet, admin, job.getJobId());

    assertThat(reader.stdout()).isEqualTo("hello wörld\n".getBytes("UTF-8"));
    assertThat(reader.stderr()).isEqualTo("oops\n".getBytes("UTF-8"));
    assertThat(reader.finalJob().getState()).isEqualTo(JobState.JOB_STATE_FAILED);
    assertThat(reader.finalJob().getEnd().getExitCode()).isEqualTo(3);
    assertThat(reader.finalJob().getStdoutBytes()).isEqualTo(13);
    assertThat(reader.finalJob().getOwner()).isEqualTo("spiffe://orrery/admin/admin");
    assertThat(reader.finalJob().getWorkerName()).isEqualTo("w1");
  }

  @Test
  void exitCodeZeroAloneIsASuccess() throws Exception {
    assertThat(run(shell("exit 0")).getState()).isEqualTo(JobState.JOB_STATE_SUCCEEDED);
    Job failed = run(shell("exit 137"));
    assertThat(failed.getEnd().getCause()).isEqualTo(EndCause.END_CAUSE_EXITED);
    assertThat(failed.getEnd().getExitCode()).isEqualTo(137);
    Job killed = run(shell("kill -9 $$"));
    assertThat(killed.getEnd().getCause()).isEqualTo(EndCause.END_CAUSE_SIGNALLED);
    assertThat(killed.getEnd().getSignal()).isEqualTo(9);
    assertThat(killed.getEnd().hasExitCode()).isFalse();
  }

  @Test
  void aCommandThatDoesNotExistIsAFailedJobAndNoError() throws Exception {
    Job missing = start(StartJobRequest.newBuilder().setWorkerId(one.id()).setCommand("nix-da"));
    assertThat(missing.getState()).isEqualTo(JobState.JOB_STATE_FAILED);
    assertThat(missing.getEnd().getErrno()).isEqualTo("ENOENT");
    Job directory = start(StartJobRequest.newBuilder().setWorkerId(one.id()).setCommand("/tmp"));
    assertThat(directory.getEnd().getErrno()).isEqualTo("EACCES");
    assertThat(Reader.read(fleet, admin, missing.getJobId()).finalJob().getState())
        .isEqualTo(JobState.JOB_STATE_FAILED);
  }

  @Test
  void aRunningJobTellsWhatItHasUsedByNow() throws Exception {
    Job job = start(shell("while :; do :; done"));
    Fleet.eventually("it has used some", () -> userTime(job) > 50_000_000);
    Usage usage = query(admin, job.getJobId()).getUsage();

    assertThat(usage.getPeakMemoryBytes()).isGreaterThan(100_000);
    assertThat(query(admin, job.getJobId()).getState()).isEqualTo(JobState.JOB_STATE_RUNNING);
    fleet.call(
        admin,
        WorkerGrpcClient.StopJob,
        StopJobRequest.newBuilder().setJobId(job.getJobId()).setSignal(9).build());
  }

  private static long userTime(Job job) {
    try {
      return Durations.toNanos(query(admin, job.getJobId()).getUsage().getUserTime());
    } catch (Exception e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void aTimeoutEndsTheJobAsTimedOut() throws Exception {
    Job job =
        run(
            shell("sleep 100")
                .setTimeout(com.google.protobuf.Duration.newBuilder().setNanos(200_000_000)));

    assertThat(job.getState()).isEqualTo(JobState.JOB_STATE_TIMED_OUT);
  }

  @Test
  void aStopEndsTheWholeTreeAndIsIdempotent() throws Exception {
    Job job =
        start(
            shell("trap '' TERM; (trap '' TERM; sleep 1000) & echo $!; sleep 1000")
                .setStopGrace(com.google.protobuf.Duration.newBuilder().setNanos(200_000_000)));
    Fleet.eventually("the child has told its pid", () -> stdoutBytes(job) > 0);
    StopJobRequest stop = StopJobRequest.newBuilder().setJobId(job.getJobId()).build();

    StopJobResponse stopped = fleet.call(admin, WorkerGrpcClient.StopJob, stop);

    assertThat(stopped.getSurvivingPidsList()).isEmpty();
    assertThat(stopped.getJob().getState()).isEqualTo(JobState.JOB_STATE_STOPPED);
    assertThat(stopped.getJob().getEnd().getSignal()).isEqualTo(9);
    String child = new String(Reader.read(fleet, admin, job.getJobId()).stdout(), "UTF-8").strip();
    assertThat(isAlive(child)).isFalse();
    assertThat(fleet.call(admin, WorkerGrpcClient.StopJob, stop).getJob())
        .isEqualTo(stopped.getJob());
  }

  /** A zombie that nobody has waited for yet has ended (proc_pid_stat(5)). */
  private static boolean isAlive(String pid) throws IOException {
    try {
      return !Files.readString(Path.of("/proc", pid, "stat")).matches("(?s).*\\) [ZX] .*");
    } catch (NoSuchFileException gone) {
      return false;
    }
  }

  private static boolean isKnown(Job job) {
    try {
      return query(admin, job.getJobId()).getStdoutBytes() == 7;
    } catch (Exception notYet) {
      return false;
    }
  }

  private static long stdoutBytes(Job job) {
    try {
      return query(admin, job.getJobId()).getStdoutBytes();
    } catch (Exception failure) {
      throw new AssertionError(failure);
    }
  }

  @Test
  void aSignalReachesTheJobUntilItHasEnded() throws Exception {
    Job job =
        start(shell("trap 'echo got; exit 0' USR1; echo ready; while :; do sleep 0.01; done"));
    Fleet.eventually("the job is ready", () -> stdoutBytes(job) > 0);
    SignalJobRequest usr1 =
        SignalJobRequest.newBuilder().setJobId(job.getJobId()).setSignal(10).build();

    fleet.call(admin, WorkerGrpcClient.SignalJob, usr1);

    assertThat(new String(Reader.read(fleet, admin, job.getJobId()).stdout(), "UTF-8"))
        .isEqualTo("ready\ngot\n");
    assertRefused(Reason.JOB_TERMINAL, () -> fleet.call(admin, WorkerGrpcClient.SignalJob, usr1));
  }

  @Test
  void theSameIdWithTheSameSpecRunsOnce() throws Exception {
    Path marks = home.resolve("marks");
    String id = JobId.random().value();
    StartJobRequest request = shell("echo x >> " + marks).setJobId(id).build();
    Set<Integer> pids = new HashSet<>();
    try (ExecutorService threads = Executors.newFixedThreadPool(8)) {
      List<Future<Job>> calls = new ArrayList<>();
      for (int i = 0; i < 8; i++) {
        calls.add(
            threads.submit(() -> fleet.call(admin, WorkerGrpcClient.StartJob, request).getJob()));
      }
      for (Future<Job> call : calls) {
        assertThat(call.get().getJobId()).isEqualTo(id);
        pids.add(call.get().getPid());
      }
    }

    Reader.read(fleet, admin, id);
    assertThat(pids).hasSize(1);
    assertThat(Files.readString(marks)).isEqualTo("x\n");
    assertRefused(
        Reason.REQUEST_ID_CONFLICT,
        () ->
            fleet.call(
                admin, WorkerGrpcClient.StartJob, request.toBuilder().addArgs("more").build()));
    RpcClient operator = fleet.client(Role.OPERATOR, "olga");
    assertRefused(
        Reason.REQUEST_ID_CONFLICT, () -> fleet.call(operator, WorkerGrpcClient.StartJob, request));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "bash        | missing.sh | SCRIPT_NOT_FOUND",
        "bash        | ../x.sh    | INVALID_REQUEST",
        "bash        | /etc/passwd | INVALID_REQUEST",
        "bash        | link.sh    | INVALID_REQUEST",
        "''          | ''         | INVALID_REQUEST",
      })
  void refusesWhatIsNoCommandAndNoScript(String command, String path, Reason reason)
      throws IOException {
    Path link = home.resolve("scripts/link.sh");
    if (!Files.isSymbolicLink(link)) {
      Files.createSymbolicLink(link, Path.of("/etc/passwd"));
    }
    assertRefused(
        reason,
        () ->
            start(
                StartJobRequest.newBuilder()
                    .setWorkerId(one.id())
                    .setCommand(command)
                    .setPath(path == null ? "" : path)));
  }

  @Test
  void refusesANulInAnArgumentWithTheFieldsName() {
    assertThatThrownBy(() -> start(shell("echo a\0b")))
        .isInstanceOfSatisfying(
            ApiException.class,
            refusal -> {
              assertThat(refusal.reason()).isEqualTo(Reason.INVALID_REQUEST);
              assertThat(refusal.violations().getFirst().field()).isEqualTo("args[1]");
            });
  }

  @Test
  void refusesUnknownWorkersJobsAndAmbiguousPrefixes() throws Exception {
    assertRefused(
        Reason.WORKER_NOT_FOUND, () -> start(shell("true").setWorkerId(JobId.random().value())));
    assertRefused(Reason.JOB_NOT_FOUND, () -> query(admin, JobId.random().value()));
    start(shell("true").setJobId("aaaaaaaa-0000-4000-8000-000000000001"));
    start(shell("true").setJobId("aaaaaaaa-0000-4000-8000-000000000002"));
    assertRefused(Reason.JOB_AMBIGUOUS, () -> query(admin, "aaaaaaaa"));
    assertThat(query(admin, "aaaaaaaa-0000-4000-8000-000000000002").getJobId()).endsWith("2");
  }

  @Test
  void refusesWhatTheWorkerDoesNotAllowOrCannotDo() throws Exception {
    assertRefused(Reason.COMMAND_NOT_ALLOWED, () -> start(shell("true").setWorkerId(two.id())));
    assertThat(
            run(StartJobRequest.newBuilder()
                    .setWorkerId(two.id())
                    .setCommand("bash")
                    .setPath("hello.sh"))
                .getEnd()
                .getExitCode())
        .isEqualTo(3);
    StartJobRequest twice = shell("true").setMaxAttempts(2).build();
    assertRefused(
        Reason.UNSUPPORTED,
        () -> fleet.callAt(one.port(), admin, WorkerGrpcClient.StartJob, twice));
  }

  @Test
  void choosesByLabelsAndSaysWhenNobodyMatches() throws Exception {
    Job job = start(StartJobRequest.newBuilder().setCommand("true").setSelector("zone=b"));

    assertThat(job.getWorkerId()).isEqualTo(two.id());
    assertRefused(
        Reason.NO_MATCHING_WORKER,
        () -> start(StartJobRequest.newBuilder().setCommand("true").setSelector("zone=z")));
  }

  @Test
  void anOperatorSeesItsOwnJobsAndNobodyElses() throws Exception {
    RpcClient olga = fleet.client(Role.OPERATOR, "olga");
    RpcClient otto = fleet.client(Role.OPERATOR, "otto");
    RpcClient viewer = fleet.client(Role.VIEWER, "vera");
    Job job = fleet.call(olga, WorkerGrpcClient.StartJob, shell("sleep 1000").build()).getJob();

    assertThat(job.getOwner()).isEqualTo("spiffe://orrery/operator/olga");
    assertThat(query(olga, job.getJobId()).getJobId()).isEqualTo(job.getJobId());
    assertThat(query(viewer, job.getJobId()).getJobId()).isEqualTo(job.getJobId());
    assertRefused(Reason.JOB_NOT_FOUND, () -> query(otto, job.getJobId()));
    StopJobRequest stop = StopJobRequest.newBuilder().setJobId(job.getJobId()).build();
    assertRefused(Reason.JOB_NOT_FOUND, () -> fleet.call(otto, WorkerGrpcClient.StopJob, stop));
    assertRefused(
        Reason.ROLE_NOT_ALLOWED, () -> fleet.call(viewer, WorkerGrpcClient.StopJob, stop));
    assertThat(list(otto, 0, "").getJobsList())
        .extracting(Job::getOwner)
        .doesNotContain("spiffe://orrery/operator/olga");
    assertThat(fleet.call(olga, WorkerGrpcClient.StopJob, stop).getJob().getState())
        .isEqualTo(JobState.JOB_STATE_STOPPED);
  }

  private static ListJobsResponse list(RpcClient client, int size, String token) throws Exception {
    return fleet.call(
        client,
        WorkerGrpcClient.ListJobs,
        ListJobsRequest.newBuilder().setPageSize(size).setPageToken(token).build());
  }

  @Test
  void pagesThroughTheJobsOfAllWorkersNewestFirst() throws Exception {
    RpcClient paula = fleet.client(Role.OPERATOR, "paula");
    List<String> started = new ArrayList<>();
    for (int i = 0; i < 7; i++) {
      StartJobRequest request =
          StartJobRequest.newBuilder()
              .setWorkerId(i % 2 == 0 ? one.id() : two.id())
              .setCommand("true")
              .build();
      started.addFirst(fleet.call(paula, WorkerGrpcClient.StartJob, request).getJobId());
    }

    List<String> seen = new ArrayList<>();
    String token = "";
    do {
      ListJobsResponse page = list(paula, 3, token);
      page.getJobsList().forEach(job -> seen.add(job.getJobId()));
      token = page.getNextPageToken();
    } while (!token.isEmpty());

    assertThat(seen).isEqualTo(started);
  }

  @Test
  void aWorkerServesTheSameCallsItself() throws Exception {
    Job job =
        fleet
            .callAt(one.port(), admin, WorkerGrpcClient.StartJob, shell("echo direct").build())
            .getJob();

    assertThat(
            new String(Reader.readAt(fleet, one.port(), admin, job.getJobId()).stdout(), "UTF-8"))
        .isEqualTo("direct\n");
    Fleet.eventually("the scheduler knows of it too", () -> isKnown(job));
  }

  @Test
  void theEnvironmentHoldsWhatIsAllowedAndWhatWasAsked() throws Exception {
    Job job =
        start(
            StartJobRequest.newBuilder()
                .setWorkerId(one.id())
                .setCommand("env")
                .putEnv("GREETING", "grüß=dich"));
    String printed = new String(Reader.read(fleet, admin, job.getJobId()).stdout(), "UTF-8");

    assertThat(printed)
        .contains("GREETING=grüß=dich\n", "ORRERY_JOB_ID=" + job.getJobId(), "PYTHONUNBUFFERED=1");
    assertThat(printed.lines().map(line -> line.replaceAll("=.*", "")))
        .isSubsetOf(
            "GREETING",
            "ORRERY_JOB_ID",
            "PYTHONUNBUFFERED",
            "PATH",
            "HOME",
            "LANG",
            "TZ",
            "TMPDIR",
            "USER",
            "LOGNAME",
            "SHELL",
            "LC_ALL",
            "LC_CTYPE",
            "LC_MESSAGES",
            "LANGUAGE");
  }
}
