package io.orrery.fleet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.orrery.rpc.RpcClient;
import io.orrery.security.Role;
import io.orrery.v1.DrainWorkerRequest;
import io.orrery.v1.Job;
import io.orrery.v1.JobState;
import io.orrery.v1.RegisterWorkerRequest;
import io.orrery.v1.ResumeWorkerRequest;
import io.orrery.v1.SchedulerGrpcClient;
import io.orrery.v1.StartJobRequest;
import io.orrery.v1.StreamJobRequest;
import io.orrery.v1.WorkerDescription;
import io.orrery.v1.WorkerGrpcClient;
import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.Statement;
import java.util.List;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What scheduler and worker tell of themselves over HTTP, and that it is so. */
class MetricsIT {
  private static final String STREAM = "{method=\"orrery.v1.Worker/StreamJob\"}";

  @TempDir Path home;
  private Fleet fleet;
  private RpcClient admin;
  private Page scheduler;
  private Page worker;
  private Path gate;
  private Fleet.Running running;

  @BeforeEach
  void open() throws Exception {
    fleet = Fleet.prepare(home);
    admin = fleet.admin();
    scheduler = new Page();
    worker = new Page();
    gate = home.resolve("gate");
    running = fleet.startScheduler(0, scheduler.option());
  }

  @AfterEach
  void close() throws Exception {
    Files.writeString(gate, "");
    fleet.close();
  }

  private Fleet.Node startWorker(int slots) throws Exception {
    return fleet.startWorker("w1", worker.option().put("slots", slots));
  }

  /** Prints a line, and ends when the gate is there. */
  private Job start() throws Exception {
    StartJobRequest request =
        StartJobRequest.newBuilder()
            .setCommand("bash")
            .addArgs("-c")
            .addArgs("echo here; while [ ! -e '%s' ]; do sleep 0.02; done".formatted(gate))
            .build();
    return fleet.call(admin, WorkerGrpcClient.StartJob, request).getJob();
  }

  @Test
  void theNumbersFollowTheJobs() throws Exception {
    startWorker(1);
    assertThat(scheduler.value("orrery_queue_oldest_seconds")).isZero();
    assertThat(start().getState()).isEqualTo(JobState.JOB_STATE_RUNNING);
    assertThat(start().getState()).isEqualTo(JobState.JOB_STATE_QUEUED);

    scheduler.await("orrery_jobs{state=\"running\"}", 1);
    scheduler.await("orrery_jobs{state=\"queued\"}", 1);
    assertThat(scheduler.value("orrery_queue_jobs")).isEqualTo(1);
    assertThat(scheduler.value("orrery_workers{state=\"online\"}")).isEqualTo(1);
    double age = scheduler.value("orrery_queue_oldest_seconds");
    assertThat(age).isPositive();
    scheduler.await("orrery_queue_oldest_seconds", later -> later > age + 0.5);
    worker.await("orrery_worker_jobs{state=\"running\"}", 1);
    assertThat(worker.value("orrery_worker_slots")).isEqualTo(1);
    assertThat(worker.value("orrery_worker_registered")).isEqualTo(1);

    Files.writeString(gate, "");
    scheduler.await("orrery_jobs{state=\"succeeded\"}", 2);
    scheduler.await("orrery_jobs{state=\"running\"}", 0);
    assertThat(scheduler.value("orrery_jobs_ended_total{state=\"succeeded\"}")).isEqualTo(2);
    assertThat(scheduler.value("orrery_jobs_ended_total{state=\"failed\"}")).isZero();
    assertThat(scheduler.value("orrery_queue_jobs")).isZero();
    assertThat(scheduler.value("orrery_queue_oldest_seconds")).isZero();
    assertThat(scheduler.value("orrery_job_start_seconds_count")).isEqualTo(2);
    assertThat(scheduler.value("orrery_job_start_seconds_sum")).isGreaterThan(age);
    assertThat(scheduler.value("orrery_store_call_seconds_count{call=\"put\",outcome=\"ok\"}"))
        .isGreaterThanOrEqualTo(2);
    assertThat(
            scheduler.value(
                "orrery_rpc_seconds_count{code=\"OK\",method=\"orrery.v1.Worker/StartJob\"}"))
        .isEqualTo(2);
    worker.await("orrery_worker_jobs{state=\"succeeded\"}", 2);
    assertThat(worker.value("orrery_worker_spawn_seconds_count")).isEqualTo(2);
    assertThat(worker.value("orrery_worker_spawn_seconds_sum")).isBetween(1e-5, 30.0);
  }

  /** What makes it durable is the worker's record; its id is known to be new without the store. */
  @Test
  void aNewJobWithAnIdOfTheClientDoesNotWaitForTheStore() throws Exception {
    startWorker(3);
    scheduler.await("orrery_store_call_seconds_count{call=\"ids\",outcome=\"ok\"}", 1);
    StartJobRequest.Builder request = StartJobRequest.newBuilder().setCommand("true");
    for (int i = 0; i < 3; i++) {
      request.setJobId(UUID.randomUUID().toString());
      assertThat(fleet.call(admin, WorkerGrpcClient.StartJob, request.build()).getJobId())
          .isEqualTo(request.getJobId());
    }

    assertThat(scheduler.scrape().keySet())
        .anyMatch(name -> name.startsWith("orrery_store_call_seconds_count{call=\"put\""))
        .noneMatch(name -> name.startsWith("orrery_store_call_seconds_count{call=\"get\""));
  }

  @Test
  void followersAndTheirBytesAreCountedAtBoth() throws Exception {
    startWorker(1);
    Job job = start();
    StreamJobRequest request = StreamJobRequest.newBuilder().setJobId(job.getJobId()).build();
    Future<Reader> reader = Reader.follow(fleet, fleet.schedulerPort(), admin, request);
    for (Page page : List.of(scheduler, worker)) {
      page.await("orrery_stream_followers" + STREAM, 1);
      page.await("orrery_stream_bytes_total" + STREAM, bytes -> bytes > "here\n".length());
    }
    Files.writeString(gate, "");
    Fleet.await(reader);
    for (Page page : List.of(scheduler, worker)) {
      page.await("orrery_stream_followers" + STREAM, 0);
      page.await("orrery_rpc_seconds_count{code=\"OK\",method=\"orrery.v1.Worker/StreamJob\"}", 1);
    }
  }

  @Test
  void aWorkerThatFallsSilentIsAMissedLeaseAndOneThatLeavesIsNot() throws Exception {
    Fleet.Node leaves = startWorker(1);
    fleet.stop(leaves.running());
    scheduler.await("orrery_workers{state=\"offline\"}", 1);
    RegisterWorkerRequest registration =
        RegisterWorkerRequest.newBuilder()
            .setIncarnation(UUID.randomUUID().toString())
            .setWorker(WorkerDescription.newBuilder().setName("silent").setAddress("127.0.0.1:1"))
            .build();
    fleet.call(
        fleet.client(Role.WORKER, "silent"), SchedulerGrpcClient.RegisterWorker, registration);
    assertThat(scheduler.value("orrery_worker_leases_missed_total")).isZero();

    scheduler.await("orrery_worker_leases_missed_total", 1);
    assertThat(scheduler.value("orrery_workers{state=\"unreachable\"}")).isEqualTo(1);
  }

  @Test
  void aStoreThatTakesNoWritesMakesTheSchedulerNotReadyUntilItDoes() throws Exception {
    scheduler.awaitReady();
    Path file = home.resolve("data/scheduler/orrery.db");
    try (Connection other = DriverManager.getConnection("jdbc:sqlite:" + file);
        Statement statement = other.createStatement()) {
      statement.execute("BEGIN IMMEDIATE");
      scheduler.awaitNotReady("the store takes no writes");
      assertThat(scheduler.get("/healthz").statusCode()).isEqualTo(200);
      assertThat(scheduler.get("/readyz").statusCode()).isEqualTo(503);
      scheduler.await(
          "orrery_store_call_seconds_count{call=\"put_value\",outcome=\"failed\"}",
          count -> count > 0);
      statement.execute("ROLLBACK");
    }
    scheduler.awaitReady();
  }

  @Test
  void aSchedulerIsNotReadyWhileItWaitsForTheWorkersOfBefore() throws Exception {
    Fleet.Node node = startWorker(1);
    fleet.stop(running);
    worker.awaitNotReady("the scheduler has not answered within the lease");
    assertThatThrownBy(() -> scheduler.get("/readyz")).isInstanceOf(ConnectException.class);
    fleet.stop(node.running());

    fleet.startScheduler(0, scheduler.option());
    scheduler.awaitNotReady("workers that were known before are waited for");
    scheduler.awaitReady();
  }

  @Test
  void aWorkerThatIsDrainedIsNotReadyUntilItIsResumed() throws Exception {
    Fleet.Node node = startWorker(1);
    worker.awaitReady();
    assertThat(worker.value("orrery_worker_takes_jobs")).isEqualTo(1);
    fleet.call(
        admin,
        SchedulerGrpcClient.DrainWorker,
        DrainWorkerRequest.newBuilder().setWorkerId(node.id()).setReason("new disk").build());
    worker.awaitNotReady("new disk");
    assertThat(worker.value("orrery_worker_takes_jobs")).isZero();
    assertThat(worker.get("/healthz").statusCode()).isEqualTo(200);
    fleet.call(
        admin,
        SchedulerGrpcClient.ResumeWorker,
        ResumeWorkerRequest.newBuilder().setWorkerId(node.id()).build());
    worker.awaitReady();
  }

  @Test
  void thePageSpeaksTheFormatThatIsAskedForAndNoMoreThanHttp() throws Exception {
    startWorker(1);
    for (Page page : List.of(scheduler, worker)) {
      assertThat(page.scrape())
          .containsKeys(
              "jvm_memory_used_bytes{area=\"nonheap\",id=\"Metaspace\"}",
              "jvm_threads_live_threads",
              "process_files_open_files",
              "orrery_event_loop_delay_seconds_bucket{le=\"0.1\"}");
      page.await("orrery_event_loop_delay_seconds_count", count -> count > 1);

      String accept = "application/openmetrics-text;version=1.0.0;q=0.5,text/plain;q=0.4";
      HttpResponse<String> open = page.get("/metrics", "Accept", accept);
      assertThat(open.headers().firstValue("content-type"))
          .contains("application/openmetrics-text; version=1.0.0; charset=utf-8");
      assertThat(open.body()).endsWith("# EOF\n");

      assertThat(page.get("/healthz").body()).isEqualTo("{\"healthy\":true}\n");
      assertThat(page.get("/").statusCode()).isEqualTo(404);
      assertThat(page.send("POST", "/metrics").statusCode()).isEqualTo(405);
      assertThat(page.send("HEAD", "/healthz").statusCode()).isEqualTo(200);
    }
  }

  @Test
  void nothingButLoopbackReachesThePage() throws Exception {
    startWorker(1);
    List<InetAddress> others =
        Stream.concat(
                Stream.of(InetAddress.getByName("127.0.0.2")),
                NetworkInterface.networkInterfaces()
                    .flatMap(NetworkInterface::inetAddresses)
                    .filter(address -> !address.isLoopbackAddress()))
            .toList();
    for (Page page : List.of(scheduler, worker)) {
      assertThat(page.get("/healthz").statusCode()).isEqualTo(200);
      for (InetAddress other : others) {
        assertThatThrownBy(() -> connect(other, page.port()))
            .as("%s", other)
            .isInstanceOf(ConnectException.class);
      }
    }
  }

  private static void connect(InetAddress address, int port) throws Exception {
    try (Socket socket = new Socket()) {
      socket.connect(new InetSocketAddress(address, port), 5_000);
    }
  }

  @Test
  void aPortThatIsTakenStopsTheStartAndSaysWhich() throws Exception {
    try (ServerSocket other = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"))) {
      JsonObject taken =
          new JsonObject().put("metrics", new JsonObject().put("port", other.getLocalPort()));
      String message = "cannot listen on 127.0.0.1:" + other.getLocalPort() + " (metrics.port)";
      assertThatThrownBy(() -> fleet.startScheduler(0, taken)).hasMessageContaining(message);
      assertThatThrownBy(() -> fleet.startWorker("w2", taken)).hasMessageContaining(message);
    }
  }
}
