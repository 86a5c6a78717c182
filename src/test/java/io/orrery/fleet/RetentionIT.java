package io.orrery.fleet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.Duration;
import io.orrery.job.ApiException;
import io.orrery.job.Reason;
import io.orrery.rpc.RpcClient;
import io.orrery.v1.Job;
import io.orrery.v1.OutputPolicy;
import io.orrery.v1.QueryJobRequest;
import io.orrery.v1.RetentionRule;
import io.orrery.v1.StartJobRequest;
import io.orrery.v1.StreamJobRequest;
import io.orrery.v1.WorkerGrpcClient;
import io.vertx.core.json.JsonObject;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is kept of jobs that have ended. */
class RetentionIT {
  @TempDir Path home;
  private Fleet fleet;
  private RpcClient admin;

  @BeforeEach
  void start() throws Exception {
    fleet = Fleet.start(home);
    admin = fleet.admin();
  }

  @AfterEach
  void stop() {
    fleet.close();
  }

  private static JsonObject retention(String key, Object value) {
    return new JsonObject()
        .put("runner", "embedded")
        .put("retention", new JsonObject().put(key, value));
  }

  private String start(StartJobRequest.Builder request) throws Exception {
    return fleet.call(admin, WorkerGrpcClient.StartJob, request.build()).getJobId();
  }

  private static StartJobRequest.Builder shell(String script) {
    return StartJobRequest.newBuilder().setCommand("bash").addArgs("-c").addArgs(script);
  }

  private Job query(String job) {
    try {
      QueryJobRequest request = QueryJobRequest.newBuilder().setJobId(job).build();
      return fleet.call(admin, WorkerGrpcClient.QueryJob, request).getJob();
    } catch (ApiException e) {
      throw e;
    } catch (Exception e) {
      throw new AssertionError(e);
    }
  }

  private List<String> runInTurn(String... scripts) throws Exception {
    List<String> jobs = new ArrayList<>();
    for (String script : scripts) {
      String job = start(shell(script));
      Fleet.eventually("the end", () -> query(job).hasEndTime());
      jobs.add(job);
    }
    return jobs;
  }

  /** The gap and the final job, and nothing else. */
  private void assertGone(StreamJobRequest.Builder request, RetentionRule rule) throws Exception {
    Reader reader =
        Fleet.await(Reader.follow(fleet, fleet.schedulerPort(), admin, request.build()));
    assertThatThrownBy(reader::stdout)
        .hasMessageContaining("GAP_REASON_RETENTION")
        .hasMessageContaining("to_offset: 9")
        .hasMessageNotContaining("offset 0 and");
    Job last = query(request.getJobId());
    assertThat(last.getOutputRemoval().getRule()).isEqualTo(rule);
    assertThat(last.getOutputRemoval().getRemoveTime().getSeconds())
        .isGreaterThanOrEqualTo(last.getEndTime().getSeconds());
    assertThat(last.getStdoutBytes()).isEqualTo(9);
  }

  @Test
  void theOutputOfTooManyJobsGoesAndTheirRecordsSaySo() throws Exception {
    Fleet.Node worker = fleet.startWorker("w1", retention("jobs", 1));
    List<String> jobs = runInTurn("echo job 0001", "echo job 0002", "echo job 0003");

    for (String job : jobs.subList(0, 2)) {
      Fleet.eventually("the removal", () -> query(job).hasOutputRemoval());
      assertGone(StreamJobRequest.newBuilder().setJobId(job), RetentionRule.RETENTION_RULE_JOBS);
      assertGone(
          StreamJobRequest.newBuilder().setJobId(job).setLastLines(1),
          RetentionRule.RETENTION_RULE_JOBS);
      assertGone(
          StreamJobRequest.newBuilder().setJobId(job).setLastBytes(3),
          RetentionRule.RETENTION_RULE_JOBS);
      assertThat(home.resolve("data/w1/jobs").resolve(job).resolve("stdout")).doesNotExist();
    }
    assertThat(Reader.read(fleet, admin, jobs.getLast()).stdout()).asString().contains("0003");
    assertThat(query(jobs.getLast()).hasOutputRemoval()).isFalse();

    Job before = query(jobs.getFirst());
    fleet.stop(worker.running());
    fleet.startWorker("w1", retention("jobs", 1));
    assertThat(query(jobs.getFirst())).isEqualTo(before);
    assertGone(
        StreamJobRequest.newBuilder().setJobId(jobs.getFirst()), RetentionRule.RETENTION_RULE_JOBS);
  }

  @Test
  void theOldestOfTooManyBytesGoes() throws Exception {
    fleet.startWorker("w1", retention("bytes", "20B"));
    List<String> jobs = runInTurn("echo job 0001", "echo job 0002", "echo job 0003");

    Fleet.eventually("the removal", () -> query(jobs.getFirst()).hasOutputRemoval());
    assertGone(
        StreamJobRequest.newBuilder().setJobId(jobs.getFirst()),
        RetentionRule.RETENTION_RULE_BYTES);
    assertThat(query(jobs.get(1)).hasOutputRemoval()).isFalse();
  }

  @Test
  void aJobSaysHowLongItsOutputIsKept() throws Exception {
    fleet.startWorker("w1", new JsonObject().put("runner", "embedded"));
    OutputPolicy policy = OutputPolicy.newBuilder().setRetention(Duration.newBuilder()).build();
    String job = start(shell("echo job 0001").setOutput(policy));

    Fleet.eventually("the removal", () -> query(job).hasOutputRemoval());
    assertGone(StreamJobRequest.newBuilder().setJobId(job), RetentionRule.RETENTION_RULE_AGE);
  }

  @Test
  void whatTheWorkerDoesNotKeepAtAllTheSchedulerStillKnows() throws Exception {
    fleet.startWorker("w1", retention("records", 1));
    List<String> jobs = runInTurn("echo job 0001; exit 3", "echo job 0002");
    String first = jobs.getFirst();

    Path directory = home.resolve("data/w1/jobs").resolve(first);
    Fleet.eventually("the worker forgets it", () -> !Files.exists(directory));
    assertThat(query(jobs.getLast()).getStdoutBytes()).isEqualTo(9);

    assertThat(query(first).getEnd().getExitCode()).isEqualTo(3);
    assertThat(query(first).getStdoutBytes()).isEqualTo(9);
    Reader reader =
        Fleet.await(
            Reader.follow(
                fleet,
                fleet.schedulerPort(),
                admin,
                StreamJobRequest.newBuilder().setJobId(first).build()));
    assertThatThrownBy(reader::stdout)
        .hasMessageContaining("GAP_REASON_RETENTION")
        .hasMessageContaining("to_offset: 9");

    // A start that is repeated after all that time does not run it again.
    assertThat(start(shell("echo job 0001; exit 3").setJobId(first))).isEqualTo(first);
    assertThat(query(first).getEnd().getExitCode()).isEqualTo(3);
    assertThatThrownBy(() -> start(shell("exit 4").setJobId(first)))
        .isInstanceOfSatisfying(
            ApiException.class,
            refusal -> assertThat(refusal.reason()).isEqualTo(Reason.REQUEST_ID_CONFLICT));
  }
}
