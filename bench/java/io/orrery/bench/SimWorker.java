package io.orrery.bench;

import com.google.protobuf.InvalidProtocolBufferException;
import io.orrery.config.TlsFiles;
import io.orrery.rpc.CallOptions;
import io.orrery.rpc.RpcClient;
import io.orrery.rpc.RpcServer;
import io.orrery.rpc.RpcServerOptions;
import io.orrery.security.Tls;
import io.orrery.v1.EndCause;
import io.orrery.v1.HeartbeatRequest;
import io.orrery.v1.Job;
import io.orrery.v1.JobEnd;
import io.orrery.v1.JobSpec;
import io.orrery.v1.JobState;
import io.orrery.v1.JobSummary;
import io.orrery.v1.QueryJobResponse;
import io.orrery.v1.RegisterWorkerRequest;
import io.orrery.v1.SchedulerGrpcClient;
import io.orrery.v1.StartJobRequest;
import io.orrery.v1.StartJobResponse;
import io.orrery.v1.WorkerDescription;
import io.orrery.v1.WorkerGrpcService;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.net.SocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Consumer;

/** A worker that only says that it has jobs: each ends a moment after it was accepted. */
final class SimWorker {
  private static final CallOptions OPTIONS = CallOptions.within(Duration.ofSeconds(60));

  /** A job's end is told by the next of these. */
  private static final long TELL_MILLIS = 50;

  private final Vertx vertx;
  private final RpcClient client;
  private final RpcServer server;
  private final SocketAddress scheduler;
  private final String name;
  private final int slots;
  private final String incarnation = UUID.randomUUID().toString();
  private final Map<String, Job> jobs = new HashMap<>();
  private List<JobSummary> ended = new ArrayList<>();
  private boolean telling;
  private String id = "";

  SimWorker(Vertx vertx, TlsFiles files, SocketAddress scheduler, String name, int slots) {
    this.vertx = vertx;
    this.client = RpcClient.create(vertx, Tls.client(files));
    this.server = RpcServer.create(vertx, new RpcServerOptions("127.0.0.1", 0, Tls.server(files)));
    this.scheduler = scheduler;
    this.name = name;
    this.slots = slots;
  }

  /** Completes when the scheduler knows it. */
  Future<Void> start() {
    return server
        .unary(WorkerGrpcService.StartJob, (call, request) -> accept(request))
        .unary(WorkerGrpcService.QueryJob, (call, request) -> show(request.getJobId()))
        .listen()
        .compose(this::register);
  }

  private Future<Void> register(int port) {
    RegisterWorkerRequest request =
        RegisterWorkerRequest.newBuilder()
            .setIncarnation(incarnation)
            .setWorker(
                WorkerDescription.newBuilder()
                    .setName(name)
                    .setAddress("127.0.0.1:" + port)
                    .setSlots(slots)
                    .setCpus(1)
                    .setMemoryBytes(1 << 30))
            .build();
    return client
        .call(scheduler, _ -> true, SchedulerGrpcClient.RegisterWorker, request, OPTIONS)
        .onSuccess(response -> id = response.getWorkerId())
        .mapEmpty();
  }

  /** Says again and again that it is there, and gives on what went wrong. */
  void beat(long periodMillis, Consumer<Throwable> failed) {
    vertx.setTimer(
        ThreadLocalRandom.current().nextLong(1, periodMillis),
        _ -> vertx.setPeriodic(periodMillis, _ -> tell(List.of()).onFailure(failed::accept)));
  }

  private Future<Void> tell(List<JobSummary> changed) {
    HeartbeatRequest request =
        HeartbeatRequest.newBuilder()
            .setWorkerId(id)
            .setIncarnation(incarnation)
            .addAllChangedJobs(changed)
            .build();
    return client
        .call(scheduler, _ -> true, SchedulerGrpcClient.Heartbeat, request, OPTIONS)
        .mapEmpty();
  }

  private Future<StartJobResponse> accept(StartJobRequest request) {
    Job job = job(request);
    JobSummary over = summary(job);
    jobs.put(job.getJobId(), over.getJob());
    ended.add(over);
    if (!telling) {
      telling = true;
      vertx.setTimer(TELL_MILLIS, _ -> tellEnds());
    }
    return Future.succeededFuture(
        StartJobResponse.newBuilder().setJobId(job.getJobId()).setJob(job).build());
  }

  private Future<QueryJobResponse> show(String jobId) {
    Job job = jobs.get(jobId);
    return job == null
        ? Future.failedFuture("no such job")
        : Future.succeededFuture(QueryJobResponse.newBuilder().setJob(job).build());
  }

  private void tellEnds() {
    List<JobSummary> told = ended;
    ended = new ArrayList<>();
    telling = false;
    tell(told).onFailure(lost -> System.err.println(told.size() + " ends are lost: " + lost));
  }

  private Job job(StartJobRequest request) {
    try {
      return Job.newBuilder()
          .setJobId(request.getJobId())
          .setSpec(JobSpec.parseFrom(request.toBuilder().clearJobId().build().toByteString()))
          .setOwner("spiffe://orrery/admin/admin")
          .setWorkerId(id)
          .setWorkerName(name)
          .setAttempt(request.getAttempt())
          .setCreateTime(request.getCreateTime())
          .setStartTime(request.getCreateTime())
          .setState(JobState.JOB_STATE_RUNNING)
          .build();
    } catch (InvalidProtocolBufferException e) {
      throw new IllegalStateException(e);
    }
  }

  private static JobSummary summary(Job job) {
    Job over =
        job.toBuilder()
            .setState(JobState.JOB_STATE_SUCCEEDED)
            .setEnd(JobEnd.newBuilder().setCause(EndCause.END_CAUSE_EXITED))
            .setEndTime(job.getStartTime())
            .build();
    return JobSummary.newBuilder()
        .setJobId(job.getJobId())
        .setAttempt(job.getAttempt())
        .setState(over.getState())
        .setOwner(job.getOwner())
        .setCreateTime(job.getCreateTime())
        .setJob(over)
        .build();
  }
}
