package io.orrery.launch;

import io.orrery.job.ApiException;
import io.orrery.job.JobId;
import io.orrery.posix.Signal;
import io.orrery.v1.Job;
import io.orrery.v1.StartJobRequest;
import io.orrery.v1.WorkerGrpcClient;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * A worker whose jobs outlive it, at a fixed port, to be killed and started again; its jobs leave a
 * line each in a file of their own when they start.
 */
final class CrashSite implements AutoCloseable {
  private static final int NOBODY = 1;

  private final Home home;
  private final int port;
  private final Path proofs;
  private Launched worker;
  private Caller admin;

  private CrashSite(Home home, int port, Path proofs, Launched worker) {
    this.home = home;
    this.port = port;
    this.proofs = proofs;
    this.worker = worker;
    this.admin = new Caller(home.tls("admin"), port);
  }

  /** {@code options} are the JVM's, for the first run alone. */
  static CrashSite open(Path directory, String options) throws Exception {
    Home home = Home.withCertificates(directory);
    Launched worker = launch(home, 0, options);
    Path proofs = Files.createDirectory(directory.resolve("proofs"));
    return new CrashSite(home, worker.port(), proofs, worker);
  }

  /** No scheduler is needed: the worker takes calls itself. */
  private static Launched launch(Home home, int port, String options) throws IOException {
    Path conf = home.workerConf(port, NOBODY);
    String all = Home.SMALL + " " + options;
    return home.run(Map.of("ORRERY_JAVA_OPTS", all), "WorkerVerticle", "-conf", conf);
  }

  Caller admin() {
    return admin;
  }

  Launched worker() {
    return worker;
  }

  Path jobDirectory(Job job) {
    return home.resolve("data/worker/jobs").resolve(job.getJobId());
  }

  /** Starts the worker again, which has ended or been killed. */
  void restart() throws Exception {
    worker.exitCode();
    worker = launch(home, port, "");
    worker.port();
    admin.close();
    admin = new Caller(home.tls("admin"), port);
  }

  /** The same of a worker that is asked to end. */
  void restartOrderly() throws Exception {
    worker.signal(Signal.TERM);
    restart();
  }

  void killRunners() {
    home.runners().forEach(ProcessHandle::destroyForcibly);
  }

  /** Leaves a proof, prints a line, waits, prints another and exits. */
  StartJobRequest request(String seconds, int exitCode) {
    JobId id = JobId.random();
    String proof = proofs.resolve(id.value()).toString();
    return StartJobRequest.newBuilder()
        .setJobId(id.value())
        .setCommand("bash")
        .addAllArgs(
            List.of(
                "-c",
                "echo $$ >> \"$1\"; echo one; sleep " + seconds + "; echo two; exit " + exitCode,
                "bash",
                proof))
        .build();
  }

  Job start(StartJobRequest request) throws Exception {
    return admin.call(WorkerGrpcClient.StartJob, request).getJob();
  }

  /** How many processes the job has had. */
  int processes(String jobId) throws IOException {
    Path proof = proofs.resolve(jobId);
    if (Files.notExists(proof)) {
      return 0;
    }
    try (Stream<String> lines = Files.lines(proof)) {
      return (int) lines.count();
    }
  }

  /** The job once it is over. */
  Job awaitEnd(Job job) throws Exception {
    Caller.eventually(() -> isOver(admin.query(job)));
    return admin.query(job);
  }

  static boolean isOver(Job job) {
    return switch (job.getState()) {
      case JOB_STATE_SUCCEEDED,
          JOB_STATE_FAILED,
          JOB_STATE_STOPPED,
          JOB_STATE_TIMED_OUT,
          JOB_STATE_LOST ->
          true;
      default -> false;
    };
  }

  /** Whether a call failed since the worker was not there, or not any more. */
  static boolean isOutage(Exception failure) {
    return failure instanceof ApiException || failure instanceof IOException;
  }

  @Override
  public void close() {
    try (Home _ = home;
        Caller _ = admin) {
      // the home ends what it has launched
    }
  }
}
