package io.orrery.launch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.orrery.fleet.Reader;
import io.orrery.job.ApiException;
import io.orrery.job.Reason;
import io.orrery.posix.Signal;
import io.orrery.posix.Signals;
import io.orrery.v1.EndCause;
import io.orrery.v1.Job;
import io.orrery.v1.JobState;
import io.orrery.v1.WorkerNode;
import io.orrery.v1.WorkerState;
import io.vertx.core.Future;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What happens to jobs and readers when a worker or a scheduler is ended, in order or not. */
final class ShutdownIT {
  @TempDir private Path directory;
  private Home home;
  private Launched scheduler;
  private int schedulerPort;
  private Launched worker;
  private int workerPort;
  private Caller admin;

  @BeforeEach
  void start() throws Exception {
    home = Home.withCertificates(directory);
    scheduler = home.run("SchedulerVerticle", "-conf", home.schedulerConf(0));
    schedulerPort = scheduler.port();
    startWorker(0);
    admin = new Caller(home.tls("admin"), schedulerPort);
    admin.awaitOnline(workerPort);
  }

  private void startWorker(int port) throws Exception {
    worker = home.run("WorkerVerticle", "-conf", home.embeddedWorkerConf(port, schedulerPort));
    workerPort = worker.port();
  }

  private void startProcessWorker(int port) throws Exception {
    worker = home.run("WorkerVerticle", "-conf", home.workerConf(port, schedulerPort));
    workerPort = worker.port();
    admin.awaitOnline(workerPort);
  }

  /** In the place of the worker that every test begins with. */
  private void useProcessWorker() throws Exception {
    worker.signal(Signal.TERM);
    assertThat(worker.exitCode()).isIn(0, 143);
    startProcessWorker(workerPort);
  }

  @AfterEach
  void stop() {
    try (Home _ = home;
        Caller _ = admin) {
      // closed also when the start failed half-way
    }
  }

  /** Starts a job, and answers when it has printed its first bytes. */
  private Job startPrinting(String script) throws Exception {
    Job job = admin.start(script);
    Caller.eventually(() -> admin.query(job).getStdoutBytes() > 0);
    return job;
  }

  /** A zombie has ended, whenever init comes to wait for it (proc_pid_stat(5)). */
  private static boolean isAlive(int pid) {
    try {
      String stat = Files.readString(Path.of("/proc", Integer.toString(pid), "stat"));
      char state = stat.charAt(stat.lastIndexOf(')') + 2);
      return state != 'Z' && state != 'X';
    } catch (IOException gone) {
      return false;
    }
  }

  @Test
  void aWorkerThatIsAskedToEndLeavesItsJobsToTheRunner() throws Exception {
    useProcessWorker();
    Job ends = startPrinting("echo first; sleep 5; echo second; exit 3");
    Job goesOn = startPrinting("echo hello; exec sleep 300");

    worker.signal(Signal.TERM);

    assertThat(worker.exitCode()).isIn(0, 143);
    assertThat(admin.worker().orElseThrow().getState()).isEqualTo(WorkerState.WORKER_STATE_OFFLINE);
    Caller.eventually(() -> !isAlive(ends.getPid()));
    startProcessWorker(workerPort);

    Reader reader = admin.read(ends);
    assertThat(reader.stdout()).isEqualTo("first\nsecond\n".getBytes(StandardCharsets.UTF_8));
    assertThat(reader.finalJob().getEnd().getExitCode()).isEqualTo(3);
    assertThat(admin.query(goesOn).getState()).isEqualTo(JobState.JOB_STATE_RUNNING);
    assertThat(admin.query(goesOn).getPid()).isEqualTo(goesOn.getPid());
    assertThat(isAlive(goesOn.getPid())).isTrue();
  }

  @Test
  void anEmbeddedWorkerThatIsAskedToEndStopsItsJobsAndLeaves() throws Exception {
    Job job = startPrinting("trap 'echo bye; exit 0' TERM; echo hello; sleep 300 & wait");

    worker.signal(Signal.TERM);

    assertThat(worker.exitCode()).isIn(0, 143);
    assertThat(admin.worker().orElseThrow().getState()).isEqualTo(WorkerState.WORKER_STATE_OFFLINE);
    assertThat(isAlive(job.getPid())).isFalse();

    startWorker(workerPort);
    admin.awaitOnline(workerPort);
    Reader reader = admin.read(job);
    assertThat(reader.finalJob().getState()).isEqualTo(JobState.JOB_STATE_STOPPED);
    assertThat(reader.stdout()).isEqualTo("hello\nbye\n".getBytes(StandardCharsets.UTF_8));
  }

  @Test
  void aReaderHearsOfTheStopOfAJobWhoseEmbeddedWorkerIsAskedToEnd() throws Exception {
    Job job = startPrinting("echo hello; sleep 300");
    Future<Reader> reader = admin.follow(job);

    worker.signal(Signal.TERM);

    assertThat(Caller.await(reader).finalJob().getState()).isEqualTo(JobState.JOB_STATE_STOPPED);
    assertThat(worker.exitCode()).isIn(0, 143);
  }

  @Test
  void aKilledWorkersJobsGoOnAndTheirEndsAreKnown() throws Exception {
    useProcessWorker();
    Job goesOn = startPrinting("trap '' HUP; echo first; sleep 2; echo second; exec sleep 300");
    Job ends = startPrinting("echo first; sleep 1; echo second; exit 0");

    WorkerNode killed = killWorkerWhileTheyPrint(goesOn, ends);
    startProcessWorker(workerPort);
    awaitRunAfter(killed);

    Reader reader = admin.read(ends);
    assertThat(reader.stdout()).isEqualTo("first\nsecond\n".getBytes(StandardCharsets.UTF_8));
    assertThat(reader.finalJob().getState()).isEqualTo(JobState.JOB_STATE_SUCCEEDED);
    assertThat(admin.query(goesOn).getPid()).isEqualTo(goesOn.getPid());
    Future<Reader> follower = admin.follow(goesOn);
    Signals.kill(goesOn.getPid(), Signal.USR1.number());
    assertThat(Caller.await(follower).finalJob().getEnd().getSignal())
        .isEqualTo(Signal.USR1.number());
    assertThat(Caller.await(follower).stdout())
        .isEqualTo("first\nsecond\n".getBytes(StandardCharsets.UTF_8));
  }

  @Test
  void aKilledEmbeddedWorkersJobsAreTakenUpAndTheirEndsNeverASuccess() throws Exception {
    Job goesOn = startPrinting("trap '' HUP; echo first; sleep 2; echo second; exec sleep 300");
    Job ends = startPrinting("echo first; sleep 1; echo second; exit 0");

    WorkerNode killed = killWorkerWhileTheyPrint(goesOn, ends);
    startWorker(workerPort);
    awaitRunAfter(killed);

    assertThat(isAlive(goesOn.getPid())).isTrue();
    assertThat(admin.query(goesOn).getState()).isEqualTo(JobState.JOB_STATE_RUNNING);
    Signals.kill(goesOn.getPid(), Signal.KILL.number());
    for (Job job : new Job[] {goesOn, ends}) {
      Reader reader = admin.read(job);
      assertThat(reader.stdout()).isEqualTo("first\nsecond\n".getBytes(StandardCharsets.UTF_8));
      assertThat(reader.finalJob().getState()).isEqualTo(JobState.JOB_STATE_LOST);
      assertThat(reader.finalJob().getEnd().getCause()).isEqualTo(EndCause.END_CAUSE_UNOBSERVED);
      assertThat(reader.finalJob().getEnd().hasExitCode()).isFalse();
    }
  }

  /** The run before may be called online still, until its lease is over. */
  private void awaitRunAfter(WorkerNode before) throws Exception {
    admin.awaitWorker(
        node ->
            node.getState() == WorkerState.WORKER_STATE_ONLINE
                && !node.getRegisterTime().equals(before.getRegisterTime()));
  }

  /** Both go on without the worker, and one ends where it does not see it. */
  private WorkerNode killWorkerWhileTheyPrint(Job goesOn, Job ends) throws Exception {
    WorkerNode before = admin.worker().orElseThrow();
    worker.signal(Signal.KILL);
    assertThat(worker.exitCode()).isEqualTo(137);
    Path jobs = home.resolve("data/worker/jobs");
    for (Job job : new Job[] {goesOn, ends}) {
      Path stdout = jobs.resolve(job.getJobId()).resolve("stdout");
      Caller.eventually(() -> Files.readString(stdout).equals("first\nsecond\n"));
    }
    Caller.eventually(() -> !isAlive(ends.getPid()));
    return before;
  }

  @Test
  void aSecondWorkerOnTheSameDataIsRefusedAndTheJobsOfTheFirstGoOn() throws Exception {
    Job job = startPrinting("echo hello; sleep 300");

    Launched second = home.run("WorkerVerticle", "-conf", home.workerConf(0, schedulerPort));

    assertThat(second.exitCode()).isEqualTo(1);
    assertThat(second.text())
        .contains("another worker (process " + worker.pid() + ")", "data/worker")
        .doesNotContain("listening on");
    assertThat(isAlive(job.getPid())).isTrue();
    assertThat(admin.query(job).getState()).isEqualTo(JobState.JOB_STATE_RUNNING);
  }

  @Test
  void aReaderIsToldThatItsSchedulerStopsAndTheJobGoesOn() throws Exception {
    Job job = startPrinting("echo hello; sleep 300");
    Future<Reader> reader = admin.follow(job);

    scheduler.signal(Signal.TERM);

    assertThatThrownBy(() -> Caller.await(reader))
        .isInstanceOfSatisfying(
            ApiException.class, refusal -> assertThat(refusal.reason()).isEqualTo(Reason.DRAINING));
    assertThat(scheduler.exitCode()).isIn(0, 143);
    assertThat(isAlive(job.getPid())).isTrue();
  }
}
