package io.orrery.fleet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.orrery.job.ApiException;
import io.orrery.job.JobId;
import io.orrery.job.Reason;
import io.orrery.rpc.CallOptions;
import io.orrery.rpc.ReplySource;
import io.orrery.rpc.RpcClient;
import io.orrery.security.Identity;
import io.orrery.security.Role;
import io.orrery.v1.DrainWorkerRequest;
import io.orrery.v1.Job;
import io.orrery.v1.JobState;
import io.orrery.v1.QueryJobRequest;
import io.orrery.v1.SchedulerGrpcClient;
import io.orrery.v1.StartJobRequest;
import io.orrery.v1.StopJobRequest;
import io.orrery.v1.StreamJobRequest;
import io.orrery.v1.WorkerGrpcClient;
import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A scheduler has a worker run jobs again that have run there before. */
class NextAttemptIT {
  @TempDir Path home;
  private Fleet fleet;
  private RpcClient scheduler;
  private Fleet.Node worker;

  @BeforeEach
  void start() throws Exception {
    fleet = Fleet.start(home);
    scheduler = fleet.client(Role.SCHEDULER, "moon");
    // The output of one ended job is kept, and the records of two.
    JsonObject retention = new JsonObject().put("jobs", 1).put("records", 2);
    worker = fleet.startWorker("w1", new JsonObject().put("retention", retention));
  }

  @AfterEach
  void stop() {
    fleet.close();
  }

  /** Every job that begins from now on does so; one that has begun has the file of before. */
  private void script(String text) throws IOException {
    Path next = Files.writeString(home.resolve("scripts/next.sh"), text);
    Files.move(next, home.resolve("scripts/again.sh"), StandardCopyOption.ATOMIC_MOVE);
  }

  private Future<Job> ask(JobId id, int attempt) {
    StartJobRequest request =
        StartJobRequest.newBuilder()
            .setJobId(id.value())
            .setCommand("bash")
            .setPath("again.sh")
            .setAttempt(attempt)
            .build();
    CallOptions options =
        CallOptions.within(Duration.ofSeconds(20)).onBehalfOf(new Identity(Role.ADMIN, "admin"));
    return scheduler
        .call(fleet.address(worker.port()), _ -> true, WorkerGrpcClient.StartJob, request, options)
        .map(answer -> answer.getJob());
  }

  private Job run(JobId id, int attempt) throws Exception {
    Fleet.await(ask(id, attempt));
    Fleet.eventually("the end", () -> query(id).hasEndTime());
    return query(id);
  }

  private Job query(JobId id) {
    try {
      QueryJobRequest request = QueryJobRequest.newBuilder().setJobId(id.value()).build();
      return fleet
          .callAt(worker.port(), fleet.admin(), WorkerGrpcClient.QueryJob, request)
          .getJob();
    } catch (ApiException e) {
      throw e;
    } catch (Exception e) {
      throw new AssertionError(e);
    }
  }

  private ApiException refusal(JobId id, int attempt) {
    try {
      Job started = Fleet.await(ask(id, attempt));
      throw new AssertionError("was started: " + started);
    } catch (ApiException refused) {
      return refused;
    } catch (Exception e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void whatIsKeptNoLongerOfAnEarlierAttemptIsNotTakenFromTheOneThatRuns() throws Exception {
    JobId id = JobId.random();
    script("echo the first");
    run(id, 1);
    Path go = home.resolve("go");
    script("echo the second; until [ -e " + go + " ]; do sleep 0.02; done; echo ends");
    Job second = Fleet.await(ask(id, 2));
    Future<Reader> reader =
        Reader.open(
                fleet.address(worker.port()),
                fleet.admin(),
                StreamJobRequest.newBuilder().setJobId(id.value()).build())
            .compose(Reader.Open::end);
    Fleet.eventually("the second has begun", () -> query(id).getStdoutBytes() > 0);
    script("echo another");
    JobId older = JobId.random();
    run(older, 1);
    run(JobId.random(), 1);
    // The output of the older of two goes, and would go of the oldest of three.
    Fleet.eventually("a look at what is kept", () -> query(older).hasOutputRemoval());

    Job now = query(id);
    assertThat(now.getState()).isEqualTo(JobState.JOB_STATE_RUNNING);
    assertThat(now.getPid()).isEqualTo(second.getPid());
    assertThat(now.getAttempt()).isEqualTo(2);
    assertThat(now.hasOutputRemoval()).isFalse();
    assertThat(now.getStdoutBytes()).isEqualTo("the second\n".length());

    Files.createFile(go);
    Fleet.eventually("the end", () -> query(id).hasEndTime());
    assertThat(Fleet.await(reader).stdout()).asString().isEqualTo("the second\nends\n");
    assertThat(query(id).getStdoutBytes()).isEqualTo("the second\nends\n".length());
    assertThat(query(id).getEnd().getExitCode()).isZero();
  }

  @Test
  void twoStartsOfTheNextAttemptAtOnceAreOneRun() throws Exception {
    script("echo of $ORRERY_JOB_ID");
    List<JobId> ids = new ArrayList<>();
    for (int i = 0; i < 2; i++) {
      ids.add(JobId.random());
      run(ids.getLast(), 1);
    }
    for (JobId id : ids) {
      List<Future<Job>> starts = List.of(ask(id, 2), ask(id, 2), ask(id, 2));
      List<Integer> pids = new ArrayList<>();
      for (Future<Job> start : starts) {
        pids.add(Fleet.await(start).getPid());
      }
      assertThat(pids).containsOnly(pids.getFirst());
      Fleet.eventually("the end", () -> query(id).hasEndTime());
      assertThat(query(id).getState()).isEqualTo(JobState.JOB_STATE_SUCCEEDED);
      assertThat(query(id).getAttempt()).isEqualTo(2);
      assertThat(Reader.readAt(fleet, worker.port(), fleet.admin(), id.value()).stdout())
          .asString()
          .isEqualTo("of " + id + "\n");
    }
  }

  @Test
  void aWorkerThatHasAnotherAttemptSaysWhich() throws Exception {
    JobId id = JobId.random();
    script("sleep 300");
    Fleet.await(ask(id, 2));

    ApiException higher = refusal(id, 3);
    ApiException lower = refusal(id, 1);

    assertThat(List.of(higher, lower))
        .allSatisfy(
            refusal -> {
              assertThat(refusal.reason()).isEqualTo(Reason.STALE_ATTEMPT);
              assertThat(refusal.metadata()).containsEntry("known_attempt", "2");
            });
    assertThat(higher).hasMessageContaining("ask again when that one has ended");
    assertThat(lower).hasMessageContaining("attempt 1, which is over");
    StopJobRequest stop = StopJobRequest.newBuilder().setJobId(id.value()).build();
    fleet.callAt(worker.port(), fleet.admin(), WorkerGrpcClient.StopJob, stop);
    assertThat(refusal(id, 1).metadata()).containsEntry("known_attempt", "2");
    script("echo the third");
    assertThat(run(id, 3).getAttempt()).isEqualTo(3);
  }

  @Test
  void aWorkerThatTakesNoJobsSaysThatItHasNotStartedThisOneAndKeepsWhatItHas() throws Exception {
    JobId id = JobId.random();
    script("echo the first");
    Job first = run(id, 1);
    DrainWorkerRequest drain = DrainWorkerRequest.newBuilder().setWorkerId(worker.id()).build();
    fleet.call(fleet.admin(), SchedulerGrpcClient.DrainWorker, drain);
    // Before the worker has heard of it, the script is what is wrong.
    Files.delete(home.resolve("scripts/again.sh"));
    JobId other = JobId.random();
    Fleet.eventually("no jobs are taken", () -> refusal(other, 1).reason() == Reason.DRAINING);

    assertThat(List.of(refusal(other, 1), refusal(id, 2)))
        .allSatisfy(
            refusal -> {
              assertThat(refusal.reason()).isEqualTo(Reason.DRAINING);
              assertThat(refusal.metadata()).containsEntry("not_started", "true");
            });
    assertThat(Fleet.await(ask(id, 1))).isEqualTo(first);
    assertThat(Reader.readAt(fleet, worker.port(), fleet.admin(), id.value()).stdout())
        .asString()
        .isEqualTo("the first\n");
  }

  @Test
  void aNextAttemptThatIsRefusedLeavesTheEarlierOneAsItWas() throws Exception {
    JobId id = JobId.random();
    script("echo the first; exit 3");
    Job first = run(id, 1);
    Files.delete(home.resolve("scripts/again.sh"));

    assertThat(refusal(id, 2).reason()).isEqualTo(Reason.SCRIPT_NOT_FOUND);

    assertThat(query(id)).isEqualTo(first);
    assertThat(Reader.readAt(fleet, worker.port(), fleet.admin(), id.value()).stdout())
        .asString()
        .isEqualTo("the first\n");
    script("echo the second");
    assertThat(run(id, 2).getEnd().getExitCode()).isZero();
  }

  @Test
  void whoReadsAnEarlierAttemptGetsNothingOfTheNextOne() throws Exception {
    JobId id = JobId.random();
    script("head -c 40000000 /dev/zero | tr '\\0' a");
    run(id, 1);
    ReplySource slow =
        Fleet.await(
            scheduler.stream(
                fleet.address(worker.port()),
                _ -> true,
                WorkerGrpcClient.StreamJob,
                StreamJobRequest.newBuilder().setJobId(id.value()).build(),
                CallOptions.within(Duration.ofSeconds(30))));
    ByteArrayOutputStream got = new ByteArrayOutputStream();
    slow.handler(message -> got.writeBytes(message.getBytes()));
    script("head -c 40000000 /dev/zero | tr '\\0' b");
    run(id, 2);
    slow.resume();

    assertThatThrownBy(() -> Fleet.await(slow.end()))
        .isInstanceOfSatisfying(
            ApiException.class,
            failure -> {
              assertThat(failure.reason()).isEqualTo(Reason.STALE_ATTEMPT);
              assertThat(failure.metadata()).containsEntry("known_attempt", "2");
            });
    assertThat(got.size()).isLessThan(40_000_000);
    assertThat(got.toString(StandardCharsets.ISO_8859_1)).doesNotContain("bbbb");
  }
}
