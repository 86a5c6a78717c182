package io.orrery.fleet;

import static org.assertj.core.api.Assertions.assertThat;

import io.orrery.rpc.RpcClient;
import io.orrery.v1.EndCause;
import io.orrery.v1.Job;
import io.orrery.v1.JobState;
import io.orrery.v1.Limits;
import io.orrery.v1.QueryJobRequest;
import io.orrery.v1.StartJobRequest;
import io.orrery.v1.StopJobRequest;
import io.orrery.v1.WorkerGrpcClient;
import io.orrery.v1.WorkerState;
import io.vertx.core.json.JsonObject;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Jobs that want all there is, side by side; to be run as root on a host with cgroups that have
 * controllers.
 */
class HogsIT {
  private static final int MOST_PIDS = 100;
  private static final long MOST_MEMORY = 32 << 20;

  /** What an idle machine does in some 10 ms. */
  private static final Duration PATIENCE = Duration.ofSeconds(5);

  @TempDir Path home;
  private Fleet fleet;
  private RpcClient admin;

  private Job start(Limits.Builder limits, String command, String... args) throws Exception {
    StartJobRequest request =
        StartJobRequest.newBuilder()
            .setCommand(command)
            .addAllArgs(List.of(args))
            .setLimits(limits)
            .build();
    return fleet.call(admin, WorkerGrpcClient.StartJob, request).getJob();
  }

  private static Limits.Builder pids() {
    return Limits.newBuilder().setPids(MOST_PIDS);
  }

  private Job startForkBomb() throws Exception {
    return start(pids(), "bash", "-c", "bomb() { bomb | bomb & bomb; }; bomb 2>/dev/null");
  }

  private Job startThreadHog() throws Exception {
    Path classes =
        Path.of(ThreadHog.class.getProtectionDomain().getCodeSource().getLocation().toURI());
    return start(
        pids(),
        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
        "-XX:+UseSerialGC",
        "-XX:TieredStopAtLevel=1",
        "-cp",
        classes.toString(),
        ThreadHog.class.getName());
  }

  private Job startProcessorHog() throws Exception {
    String spin = "for i in 1 2 3 4 5 6 7; do while :; do :; done & done; while :; do :; done";
    return start(Limits.newBuilder().setCpus(0.5), "bash", "-c", spin);
  }

  private Job query(Job job) throws Exception {
    QueryJobRequest request = QueryJobRequest.newBuilder().setJobId(job.getJobId()).build();
    return fleet.call(admin, WorkerGrpcClient.QueryJob, request).getJob();
  }

  private Path stdout(Job job) {
    return home.resolve("data/w1/jobs").resolve(job.getJobId()).resolve("stdout");
  }

  /** How many threads the hog got; the JVM has warned of the last one before. */
  private Optional<Integer> threads(Job hog) throws IOException {
    return Files.readString(stdout(hog))
        .lines()
        .filter(line -> line.matches("[0-9]+"))
        .findFirst()
        .map(Integer::valueOf);
  }

  private boolean hasCounted(Job hog) {
    try {
      return threads(hog).isPresent();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Samples the state of the worker until it is told to stop. */
  private Thread watch(AtomicBoolean stop, AtomicInteger looks, List<WorkerState> others) {
    return Thread.ofVirtual()
        .start(
            () -> {
              while (!stop.get()) {
                try {
                  WorkerState state = fleet.workers().getFirst().getState();
                  if (state != WorkerState.WORKER_STATE_ONLINE) {
                    others.add(state);
                  }
                  looks.incrementAndGet();
                  Thread.sleep(Duration.ofMillis(20));
                } catch (Exception e) {
                  throw new AssertionError(e);
                }
              }
            });
  }

  @Test
  void areHeldAndNeitherTheirNeighboursNorTheHeartbeatsSuffer() throws Exception {
    try (Fleet opened = Fleet.prepare(home)) {
      fleet = opened;
      fleet.startScheduler(0, new JsonObject().put("lease", "3s"));
      fleet.startWorker("w1", new JsonObject().put("runner", "process"));
      admin = fleet.admin();
      AtomicBoolean stop = new AtomicBoolean();
      AtomicInteger looks = new AtomicInteger();
      List<WorkerState> others = new CopyOnWriteArrayList<>();
      final Thread watcher = watch(stop, looks, others);

      List<Job> hogs = List.of(startForkBomb(), startThreadHog(), startProcessorHog());
      Job memory = start(Limits.newBuilder().setMemoryBytes(MOST_MEMORY), "tail", "/dev/zero");
      for (int i = 0; i < 20; i++) {
        assertRunsSoon();
      }
      Fleet.eventually("the threads are counted", () -> hasCounted(hogs.get(1)));
      stop.set(true);
      watcher.join();

      assertThat(threads(hogs.get(1)).orElseThrow()).isBetween(1, MOST_PIDS);
      assertOutOfMemory(memory);
      for (Job hog : hogs) {
        assertThat(query(hog).getState()).isEqualTo(JobState.JOB_STATE_RUNNING);
        assertEnds(hog);
      }
      assertThat(looks.get()).isGreaterThan(10);
      assertThat(others).isEmpty();
    }
  }

  private void assertRunsSoon() throws Exception {
    long begin = System.nanoTime();
    Reader neighbour = Reader.read(fleet, admin, start(Limits.newBuilder(), "true").getJobId());
    assertThat(neighbour.finalJob().getState()).isEqualTo(JobState.JOB_STATE_SUCCEEDED);
    assertThat(Duration.ofNanos(System.nanoTime() - begin)).isLessThan(PATIENCE);
  }

  private void assertOutOfMemory(Job memory) throws Exception {
    Job over = Reader.read(fleet, admin, memory.getJobId()).finalJob();
    assertThat(over.getEnd().getCause()).isEqualTo(EndCause.END_CAUSE_OOM_KILLED);
    assertThat(over.getUsage().getPeakMemoryBytes()).isLessThanOrEqualTo(MOST_MEMORY);
  }

  /** Nothing is left of it. */
  private void assertEnds(Job hog) throws Exception {
    StopJobRequest stop =
        StopJobRequest.newBuilder()
            .setJobId(hog.getJobId())
            .setGrace(com.google.protobuf.Duration.getDefaultInstance())
            .build();
    assertThat(fleet.call(admin, WorkerGrpcClient.StopJob, stop).getSurvivingPidsList()).isEmpty();
    assertThat(query(hog).getState()).isEqualTo(JobState.JOB_STATE_STOPPED);
    String mark = "ORRERY_JOB_ID=" + hog.getJobId();
    for (String pid : Objects.requireNonNull(new File("/proc").list())) {
      if (pid.chars().allMatch(Character::isDigit)) {
        assertThat(environment(pid)).doesNotContain(mark);
      }
    }
  }

  private static List<String> environment(String pid) {
    try {
      return List.of(Files.readString(Path.of("/proc", pid, "environ")).split("\0"));
    } catch (IOException gone) {
      return List.of();
    }
  }
}
