package io.orrery.scheduler;

import io.orrery.config.HostPort;
import io.orrery.job.ApiException;
import io.orrery.job.JobId;
import io.orrery.job.Reason;
import io.orrery.rpc.Call;
import io.orrery.rpc.RpcServer;
import io.orrery.rpc.StateMapping;
import io.orrery.rpc.Times;
import io.orrery.v1.DeregisterWorkerRequest;
import io.orrery.v1.DeregisterWorkerResponse;
import io.orrery.v1.HeartbeatRequest;
import io.orrery.v1.HeartbeatResponse;
import io.orrery.v1.JobSummary;
import io.orrery.v1.RegisterWorkerRequest;
import io.orrery.v1.RegisterWorkerResponse;
import io.orrery.v1.SchedulerGrpcService;
import io.orrery.v1.WorkerDescription;
import io.vertx.core.Future;
import java.util.List;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What workers say of themselves and their jobs; each may speak for itself alone. */
final class WorkerReports {
  private static final Logger LOG = LoggerFactory.getLogger(WorkerReports.class);

  /** There is one scheduler, which is not fenced by epochs yet: the number only grows later. */
  private static final long EPOCH = 1;

  private final Registry registry;
  private final JobIndex index;
  private final KnownWorkers known;
  private final Settling settling;

  WorkerReports(Registry registry, JobIndex index, KnownWorkers known, Settling settling) {
    this.registry = registry;
    this.index = index;
    this.known = known;
    this.settling = settling;
  }

  void bind(RpcServer server) {
    server
        .unary(SchedulerGrpcService.RegisterWorker, this::register)
        .unary(SchedulerGrpcService.Heartbeat, this::heartbeat)
        .unary(SchedulerGrpcService.DeregisterWorker, this::deregister);
  }

  private Future<RegisterWorkerResponse> register(Call call, RegisterWorkerRequest request) {
    WorkerProfile profile = profile(request.getWorker());
    if (!profile.name().equals(call.peer().name())) {
      throw new ApiException(
          Reason.FOREIGN_WORKER,
          "the certificate is that of worker "
              + call.peer().name()
              + ", which cannot register "
              + profile.name(),
          Map.of("certificate_name", call.peer().name(), "worker_name", profile.name()));
    }
    Node online =
        registry.register(
            request.getWorkerId(),
            required(request.getIncarnation(), "incarnation"),
            profile,
            running(request.getJobsList()));
    Node node = registry.judge(online, request.getUnfitReason());
    record(node, request.getJobsList());
    settling.heardFrom(node.name());
    return known
        .remember(registry.all())
        .map(
            _ ->
                RegisterWorkerResponse.newBuilder()
                    .setWorkerId(node.id())
                    .setLease(Times.duration(registry.lease()))
                    .setEpoch(EPOCH)
                    .build());
  }

  private static WorkerProfile profile(WorkerDescription worker) {
    HostPort address;
    try {
      address = HostPort.parse(worker.getAddress());
    } catch (IllegalArgumentException wrong) {
      throw ApiException.invalid("worker.address", String.valueOf(wrong.getMessage()));
    }
    return new WorkerProfile(
        required(worker.getName(), "worker.name"),
        address,
        worker.getLabelsMap(),
        new WorkerProfile.Capacity(
            worker.getSlots(),
            worker.getCpus(),
            worker.getMemoryBytes(),
            worker.getEnforcedLimitsList()),
        worker.getVersion());
  }

  private static String required(String value, String field) {
    if (value.isEmpty()) {
      throw ApiException.invalid(field, "must not be empty");
    }
    return value;
  }

  private static int running(List<JobSummary> jobs) {
    return (int)
        jobs.stream().filter(job -> !StateMapping.fromProto(job.getState()).isTerminal()).count();
  }

  /** A worker may speak for the jobs that it has, not for those of another. */
  private boolean isOfAnother(Node node, JobSummary job) {
    return index
        .get(new JobId(job.getJobId()))
        .filter(entry -> entry.confirmed() && !entry.workerId().equals(node.id()))
        .isPresent();
  }

  private void record(Node node, List<JobSummary> jobs) {
    for (JobSummary job : jobs) {
      if (isOfAnother(node, job)) {
        LOG.warn("worker {} reports job {} of another worker", node.name(), job.getJobId());
        continue;
      }
      index.put(IndexedJobs.reported(node.id(), job));
    }
  }

  private Future<HeartbeatResponse> heartbeat(Call call, HeartbeatRequest request) {
    Node alive =
        registry.heartbeat(
            call.peer().name(),
            request.getWorkerId(),
            request.getIncarnation(),
            request.getRunningJobs());
    Node node = registry.judge(alive, request.getUnfitReason());
    record(node, request.getChangedJobsList());
    request.getForgottenJobIdsList().forEach(id -> index.forget(id, node.id()));
    return Future.succeededFuture(
        HeartbeatResponse.newBuilder()
            .setLease(Times.duration(registry.lease()))
            .setEpoch(EPOCH)
            .build());
  }

  private Future<DeregisterWorkerResponse> deregister(Call call, DeregisterWorkerRequest request) {
    registry.deregister(
        call.peer().name(), request.getWorkerId(), request.getIncarnation(), request.getReason());
    settling.heardFrom(call.peer().name());
    return known.remember(registry.all()).map(_ -> DeregisterWorkerResponse.getDefaultInstance());
  }
}
