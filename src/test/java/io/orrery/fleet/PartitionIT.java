package io.orrery.fleet;

import static org.assertj.core.api.Assertions.assertThat;

import io.orrery.v1.Job;
import io.orrery.v1.JobState;
import io.orrery.v1.ListJobsRequest;
import io.orrery.v1.ListJobsResponse;
import io.orrery.v1.QueryJobRequest;
import io.orrery.v1.StartJobRequest;
import io.orrery.v1.StopJobRequest;
import io.orrery.v1.StreamJobRequest;
import io.orrery.v1.WorkerGrpcClient;
import io.orrery.v1.WorkerNode;
import io.orrery.v1.WorkerState;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A network that is cut or loses what goes one way: what is shown, and what is there after it. */
class PartitionIT {
  private static final Set<StallingProxy.Way> NONE = EnumSet.noneOf(StallingProxy.Way.class);
  private static final Set<StallingProxy.Way> BOTH = EnumSet.allOf(StallingProxy.Way.class);

  /** Of a connection without calls it is noticed so late that nobody answers there any more. */
  private static final Duration UNTIL_THE_IDLE_ARE_CLOSED = Duration.ofSeconds(90);

  @TempDir private Path home;
  private Fleet fleet;
  private StallingProxy proxy;
  private Fleet.Node worker;

  @BeforeEach
  void prepare() throws Exception {
    fleet = Fleet.prepare(home);
  }

  private void start(String lostAfter) throws Exception {
    fleet.startScheduler(0, new JsonObject().put("lost_after", lostAfter));
    proxy = StallingProxy.to(fleet.schedulerPort());
    worker =
        fleet.startWorker(
            "w1",
            new JsonObject().put("scheduler", new JsonArray().add("127.0.0.1:" + proxy.port())));
  }

  @AfterEach
  void close() throws Exception {
    try (Fleet _ = fleet;
        StallingProxy _ = proxy) {
      // closed also when the start failed half-way
    }
  }

  private Job startJob() throws Exception {
    return startJob(1);
  }

  private Job startJob(int maxAttempts) throws Exception {
    StartJobRequest request =
        StartJobRequest.newBuilder()
            .setMaxAttempts(maxAttempts)
            .setCommand("bash")
            .addArgs("-c")
            .addArgs("echo run >> " + home.resolve("marks") + "; sleep 1000")
            .build();
    Job job = fleet.call(fleet.admin(), WorkerGrpcClient.StartJob, request).getJob();
    Fleet.eventually("it runs", () -> Files.exists(home.resolve("marks")));
    return job;
  }

  private static QueryJobRequest query(Job job) {
    return QueryJobRequest.newBuilder().setJobId(job.getJobId()).build();
  }

  private Job shown(Job job) throws Exception {
    return fleet.call(fleet.admin(), WorkerGrpcClient.QueryJob, query(job)).getJob();
  }

  private Job atWorker(Job job) throws Exception {
    return fleet
        .callAt(worker.port(), fleet.admin(), WorkerGrpcClient.QueryJob, query(job))
        .getJob();
  }

  private Job waitFor(Job job) throws Exception {
    StreamJobRequest request =
        StreamJobRequest.newBuilder().setJobId(job.getJobId()).setLastBytes(0).build();
    return Fleet.await(Reader.tail(fleet, fleet.schedulerPort(), fleet.admin(), request))
        .finalJob();
  }

  private Job stop(Job job) throws Exception {
    return fleet
        .call(
            fleet.admin(),
            WorkerGrpcClient.StopJob,
            StopJobRequest.newBuilder().setJobId(job.getJobId()).build())
        .getJob();
  }

  private ListJobsResponse list(JobState... states) throws Exception {
    return fleet.call(
        fleet.admin(),
        WorkerGrpcClient.ListJobs,
        ListJobsRequest.newBuilder().addAllStates(List.of(states)).build());
  }

  private WorkerNode node() throws Exception {
    return fleet.workers().getFirst();
  }

  private void await(WorkerState state) throws Exception {
    Fleet.eventually(
        "the worker is " + state, () -> state.equals(Unchecked.get(() -> node().getState())));
  }

  @Test
  void theJobsOfAWorkerThatCannotBeHeardStayAsTheyWereAndGoOnAfterIt() throws Exception {
    start("1h");
    Job job = startJob();

    proxy.stall(BOTH);
    await(WorkerState.WORKER_STATE_UNREACHABLE);

    assertThat(node().getReason()).contains("no heartbeat");
    assertThat(shown(job).getState()).isEqualTo(JobState.JOB_STATE_RUNNING);
    assertThat(shown(job).getPid()).isEqualTo(job.getPid());
    assertThat(shown(job).getWorkerUnreachableSince()).isEqualTo(node().getStateTime());
    assertThat(list().getUnreachableList()).containsExactly(worker.id());
    assertThat(list().getJobsList()).extracting(Job::getJobId).containsExactly(job.getJobId());
    assertThat(list(JobState.JOB_STATE_RUNNING).getJobs(0).hasWorkerUnreachableSince()).isTrue();
    assertThat(list(JobState.JOB_STATE_FAILED).getJobsList()).isEmpty();

    proxy.stall(NONE);
    await(WorkerState.WORKER_STATE_ONLINE);

    assertThat(shown(job).getState()).isEqualTo(JobState.JOB_STATE_RUNNING);
    assertThat(shown(job).hasWorkerUnreachableSince()).isFalse();
    assertThat(shown(job).getPid()).isEqualTo(job.getPid());
    assertThat(home.resolve("marks")).hasContent("run");
    staysOnline();
  }

  /** For some leases, in which its state would have changed. */
  private void staysOnline() throws Exception {
    WorkerNode healed = node();
    Fleet.eventually(
        "four more leases",
        () ->
            Unchecked.get(() -> node().getHeartbeatTime().getSeconds())
                >= healed.getHeartbeatTime().getSeconds() + 4);
    assertThat(node().getStateTime()).isEqualTo(healed.getStateTime());
    assertThat(node().getRegisterTime()).isEqualTo(healed.getRegisterTime());
  }

  @ParameterizedTest
  @EnumSource(StallingProxy.Way.class)
  void lossOneWayIsNoticedWhereItMattersAndHealsWithoutFlapping(StallingProxy.Way way)
      throws Exception {
    start("1h");
    Job job = startJob();
    WorkerNode before = node();

    proxy.stall(EnumSet.of(way));
    switch (way) {
      case THERE -> await(WorkerState.WORKER_STATE_UNREACHABLE);
      // Its heartbeats come, and it is reached: that it hears no answer changes nothing.
      case BACK ->
          Fleet.eventually(
              "it is heard for three more leases",
              () ->
                  Unchecked.get(() -> node().getHeartbeatTime().getSeconds())
                      >= before.getHeartbeatTime().getSeconds() + 3);
    }
    assertThat(shown(job).getState()).isEqualTo(JobState.JOB_STATE_RUNNING);
    proxy.stall(NONE);
    await(WorkerState.WORKER_STATE_ONLINE);

    staysOnline();
    assertThat(shown(job).getPid()).isEqualTo(job.getPid());
    assertThat(home.resolve("marks")).hasContent("run");
  }

  @Test
  void jobsAreLostAfterTheTimeForGoodAndWhatComesLaterStandsBesideThat() throws Exception {
    start("1s");
    Job job = startJob();
    proxy.stall(BOTH);
    Fleet.eventually(
        "the job is lost",
        () -> Unchecked.get(() -> shown(job).getState()) == JobState.JOB_STATE_LOST);
    assertThat(shown(job).getEnd().getMessage()).contains("nothing was heard");
    // Who waits for it learns that, and who would stop it learns that it is over for us.
    assertThat(waitFor(job).getState()).isEqualTo(JobState.JOB_STATE_LOST);
    assertThat(stop(job).getState()).isEqualTo(JobState.JOB_STATE_LOST);
    assertThat(atWorker(job).getState()).isEqualTo(JobState.JOB_STATE_RUNNING);

    proxy.stall(NONE);
    await(WorkerState.WORKER_STATE_ONLINE);

    assertThat(shown(job).getState()).isEqualTo(JobState.JOB_STATE_LOST);
    assertThat(list().getJobsList())
        .extracting(Job::getState)
        .containsExactly(JobState.JOB_STATE_LOST);
    assertThat(list(JobState.JOB_STATE_RUNNING).getJobsList()).isEmpty();
    assertThat(list(JobState.JOB_STATE_LOST).getJobsList()).hasSize(1);
    assertThat(atWorker(job).getState()).isEqualTo(JobState.JOB_STATE_RUNNING);

    stop(job);
    Fleet.eventually("its end is told", () -> Unchecked.get(() -> shown(job).hasLateEnd()));

    assertThat(shown(job).getState()).isEqualTo(JobState.JOB_STATE_LOST);
    assertThat(shown(job).getLateEnd().getState()).isEqualTo(JobState.JOB_STATE_STOPPED);
    assertThat(shown(job).getLateEnd().getEnd().getSignal()).isEqualTo(15);
  }

  @Test
  void aJobThatAsksForItIsRunAgainElsewhereAndItsOldRunIsStoppedWhenItIsFound() throws Exception {
    start("1s");
    Job job = startJob(2);
    Fleet.Node other = fleet.startWorker("w2");
    Fleet.eventually(
        "lists know that it runs",
        () -> Unchecked.get(() -> list(JobState.JOB_STATE_RUNNING).getJobsCount()) == 1);
    assertThat(list(JobState.JOB_STATE_STARTING).getJobsList()).isEmpty();

    proxy.stall(BOTH);
    Fleet.eventually(
        "it runs again",
        () ->
            Unchecked.get(() -> shown(job).getAttempt()) == 2
                && Unchecked.get(() -> shown(job).getState()) == JobState.JOB_STATE_RUNNING);
    assertThat(shown(job).getWorkerId()).isEqualTo(other.id());
    Fleet.eventually(
        "it has begun",
        () -> Unchecked.get(() -> Files.readAllLines(home.resolve("marks")).size()) == 2);
    assertThat(atWorker(job).getState()).isEqualTo(JobState.JOB_STATE_RUNNING);

    proxy.stall(NONE);
    Fleet.eventually(
        "the old run is stopped",
        () -> Unchecked.get(() -> atWorker(job).getState()) == JobState.JOB_STATE_STOPPED);

    assertThat(shown(job).getState()).isEqualTo(JobState.JOB_STATE_RUNNING);
    assertThat(shown(job).getAttempt()).isEqualTo(2);
    assertThat(list().getJobsList()).hasSize(1);
    assertThat(home.resolve("marks")).hasContent("run\nrun");
  }

  /** There is no other worker: the run of before is stopped, and the next one waits for that. */
  @Test
  void aJobIsRunAgainAtTheWorkerThatComesBackWhenItsOldRunIsStopped() throws Exception {
    start("1s");
    Job job = startJob(2);
    proxy.stall(BOTH);
    Fleet.eventually(
        "it waits to run again",
        () -> Unchecked.get(() -> shown(job).getState()) == JobState.JOB_STATE_QUEUED);
    assertThat(shown(job).getAttempt()).isEqualTo(2);

    proxy.stall(NONE);
    Fleet.eventually(
        "it runs again",
        () -> Unchecked.get(() -> shown(job).getState()) == JobState.JOB_STATE_RUNNING);

    assertThat(shown(job).getAttempt()).isEqualTo(2);
    Fleet.eventually(
        "it has begun",
        () -> Unchecked.get(() -> Files.readAllLines(home.resolve("marks")).size()) == 2);
    assertThat(atWorker(job).getAttempt()).isEqualTo(2);
  }

  /**
   * Of this process, in which both servers are; the threads of Vert.x's pools are made one by one.
   */
  private record Holding(long sockets, Set<String> threads) {
    static Holding now() throws IOException {
      try (Stream<Path> descriptors = Files.list(Path.of("/proc/self/fd"))) {
        return new Holding(
            descriptors.filter(Holding::isSocket).count(),
            Thread.getAllStackTraces().keySet().stream()
                .map(Thread::getName)
                .filter(name -> !name.matches("(vert\\.x-|orrery-jobs-|ForkJoinPool).*"))
                .collect(Collectors.toSet()));
      }
    }

    private static boolean isSocket(Path descriptor) {
      try {
        return Files.readSymbolicLink(descriptor).toString().startsWith("socket:");
      } catch (IOException closed) {
        return false;
      }
    }

    boolean isNotMoreThan(Holding before) {
      return sockets <= before.sockets && before.threads.containsAll(threads);
    }
  }

  private void cutAndHeal() throws Exception {
    proxy.stall(BOTH);
    await(WorkerState.WORKER_STATE_UNREACHABLE);
    proxy.stall(NONE);
    await(WorkerState.WORKER_STATE_ONLINE);
  }

  @Test
  void partitionsThatHealLeaveNoSocketAndNoThread() throws Exception {
    start("1h");
    cutAndHeal(); // what is made once is there then
    staysOnline();
    Holding before = Holding.now();
    for (int i = 0; i < 3; i++) {
      cutAndHeal();
    }

    try {
      Fleet.eventually(
          "all is given back",
          UNTIL_THE_IDLE_ARE_CLOSED,
          () -> Unchecked.get(Holding::now).isNotMoreThan(before));
    } catch (AssertionError kept) {
      throw new AssertionError(Holding.now() + " is held, before it was " + before, kept);
    }
  }
}
