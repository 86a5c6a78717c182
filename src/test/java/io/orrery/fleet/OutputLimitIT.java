package io.orrery.fleet;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Duration;
import io.orrery.rpc.RpcClient;
import io.orrery.v1.EndCause;
import io.orrery.v1.Job;
import io.orrery.v1.JobState;
import io.orrery.v1.OutputLimitPolicy;
import io.orrery.v1.OutputPolicy;
import io.orrery.v1.QueryJobRequest;
import io.orrery.v1.StartJobRequest;
import io.orrery.v1.WorkerGrpcClient;
import io.vertx.core.json.JsonObject;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Jobs that print more than they may. */
class OutputLimitIT {
  private static final long MEBIBYTE = 1 << 20;

  /** What a job may write over its limit before it is killed, and in the time that this takes. */
  private static final long OVERRUN = 16 * MEBIBYTE;

  @TempDir static Path home;
  private static Fleet fleet;
  private static RpcClient admin;

  @BeforeAll
  static void start() throws Exception {
    fleet = Fleet.start(home);
    fleet.startWorker("w1");
    admin = fleet.admin();
  }

  @AfterAll
  static void stop() {
    fleet.close();
  }

  private static StartJobRequest.Builder shell(String script) {
    return StartJobRequest.newBuilder().setCommand("bash").addArgs("-c").addArgs(script);
  }

  private static OutputPolicy limit(long bytes, OutputLimitPolicy policy) {
    return OutputPolicy.newBuilder().setMaxStreamBytes(bytes).setLimitPolicy(policy).build();
  }

  private static final OutputPolicy STOP =
      limit(MEBIBYTE, OutputLimitPolicy.OUTPUT_LIMIT_POLICY_STOP);

  private static Job over(StartJobRequest.Builder request) throws Exception {
    String job = fleet.call(admin, WorkerGrpcClient.StartJob, request.build()).getJobId();
    return over(job);
  }

  private static Job over(String job) throws Exception {
    Fleet.eventually("the end", () -> query(job).hasEndTime());
    return query(job);
  }

  private static Job query(String job) {
    try {
      QueryJobRequest request = QueryJobRequest.newBuilder().setJobId(job).build();
      return fleet.call(admin, WorkerGrpcClient.QueryJob, request).getJob();
    } catch (Exception e) {
      throw new AssertionError(e);
    }
  }

  private static void assertStopped(Job job) {
    assertThat(job.getState()).isEqualTo(JobState.JOB_STATE_FAILED);
    assertThat(job.getEnd().getCause()).isEqualTo(EndCause.END_CAUSE_OUTPUT_LIMIT);
  }

  @Test
  void aJobThatNobodyFollowsIsStoppedAtItsLimit() throws Exception {
    Job job = over(shell("while :; do echo 0123456789; done").setOutput(STOP));

    assertStopped(job);
    assertThat(job.getStdoutBytes()).isGreaterThan(MEBIBYTE).isLessThan(2 * MEBIBYTE);
  }

  @Test
  void aJobThatIsFollowedIsStoppedAndItsReadersGetAllOfIt() throws Exception {
    String id =
        fleet
            .call(admin, WorkerGrpcClient.StartJob, shell("yes >&2").setOutput(STOP).build())
            .getJobId();
    Reader reader = Reader.read(fleet, admin, id);

    assertStopped(reader.finalJob());
    assertThat(reader.stderr().length).isEqualTo(reader.finalJob().getStderrBytes());
  }

  @Test
  void aJobThatGoesOnPrintingIsKilledBeforeItsGraceIsOver() throws Exception {
    Job job =
        over(
            shell("trap '' TERM; yes | tr -d '\\r'")
                .setStopGrace(Duration.newBuilder().setSeconds(3600))
                .setOutput(STOP));

    assertStopped(job);
    assertThat(job.getStdoutBytes())
        .isGreaterThan(MEBIBYTE + OVERRUN)
        .isLessThan(MEBIBYTE + OVERRUN + 512 * MEBIBYTE);
  }

  @Test
  void aJobWithinItsLimitEndsAsItEnds() throws Exception {
    Job job = over(shell("echo little; exit 3").setOutput(STOP));

    assertThat(job.getState()).isEqualTo(JobState.JOB_STATE_FAILED);
    assertThat(job.getEnd().getExitCode()).isEqualTo(3);
  }

  @Test
  void theWorkersOwnLimitHoldsForJobsThatDoNotSay() throws Exception {
    JsonObject output = new JsonObject().put("limit", "1MiB").put("policy", "stop");
    Fleet.Node strict = fleet.startWorker("strict", new JsonObject().put("output", output));

    assertStopped(over(shell("yes").setWorkerId(strict.id())));
    Job larger =
        over(
            shell("head -c 3000000 /dev/zero")
                .setWorkerId(strict.id())
                .setOutput(limit(64 * MEBIBYTE, OutputLimitPolicy.OUTPUT_LIMIT_POLICY_STOP)));
    assertThat(larger.getState()).isEqualTo(JobState.JOB_STATE_SUCCEEDED);
    fleet.stop(strict.running());
  }

  @Test
  void aJobThatKeepsItsTailRunsOnAndTellsWhatIsMissing() throws Exception {
    String job =
        fleet
            .call(
                admin,
                WorkerGrpcClient.StartJob,
                shell("head -c 100M /dev/zero | tr '\\0' x; echo; echo the end")
                    .setOutput(limit(MEBIBYTE, OutputLimitPolicy.OUTPUT_LIMIT_POLICY_KEEP_TAIL))
                    .build())
            .getJobId();

    assertThat(over(job).getState()).isEqualTo(JobState.JOB_STATE_SUCCEEDED);
    assertThat(over(job).getStdoutBytes()).isEqualTo(100 * MEBIBYTE + 9);
    assertThatGapIsTold(job);
  }

  private static void assertThatGapIsTold(String job) {
    org.assertj.core.api.Assertions.assertThatThrownBy(
            () -> Reader.read(fleet, admin, job).stdout())
        .hasMessageContaining("GAP_REASON_LIMIT");
  }
}
