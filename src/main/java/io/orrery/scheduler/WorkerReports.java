package io.orrery.scheduler;

import io.orrery.config.HostPort;
import io.orrery.job.ApiException;
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

/** What workers say of themselves and their jobs; each may speak for itself alone. */
final class WorkerReports {
  /** There is one scheduler, which is not fenced by epochs yet: the number only grows later. */
  private static final long EPOCH = 1;

  private final Registry registry;
  private final JobReports jobs;
  private final WorkerWishes wishes;
  private final Arrivals arrivals;

  /** Who must know that a worker has come or left. */
  record Arrivals(KnownWorkers known, Settling settling, AddressCheck check) {}

  WorkerReports(Registry registry, JobReports jobs, WorkerWishes wishes, Arrivals arrivals) {
    this.registry = registry;
    this.jobs = jobs;
    this.wishes = wishes;
    this.arrivals = arrivals;
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
    Arrival arrival =
        new Arrival(
            request.getWorkerId(),
            required(request.getIncarnation(), "incarnation"),
            new Host(request.getHostId(), request.getBootId()),
            profile);
    Node known = registry.register(arrival, running(request.getJobsList()));
    Node node = registry.judge(known, request.getUnfitReason());
    jobs.registered(node, request.getJobsList());
    arrivals.settling().heardFrom(node.name());
    arrivals.check().begin(node);
    return arrivals
        .known()
        .remember(node)
        .map(
            _ ->
                RegisterWorkerResponse.newBuilder()
                    .setWorkerId(node.id())
                    .setLease(Times.duration(registry.lease()))
                    .setEpoch(EPOCH)
                    .setOrders(wishes.of(node))
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
    return (int) jobs.stream().filter(job -> !StateMapping.of(job).isTerminal()).count();
  }

  private Future<HeartbeatResponse> heartbeat(Call call, HeartbeatRequest request) {
    Node alive =
        registry.heartbeat(
            call.peer().name(),
            request.getWorkerId(),
            request.getIncarnation(),
            request.getRunningJobs());
    Node node = registry.judge(alive, request.getUnfitReason());
    jobs.changed(node, request.getChangedJobsList());
    jobs.forgotten(node, request.getForgottenJobIdsList());
    return Future.succeededFuture(
        HeartbeatResponse.newBuilder()
            .setLease(Times.duration(registry.lease()))
            .setEpoch(EPOCH)
            .setOrders(wishes.of(node))
            .build());
  }

  private Future<DeregisterWorkerResponse> deregister(Call call, DeregisterWorkerRequest request) {
    Node left =
        registry.deregister(
            call.peer().name(),
            request.getWorkerId(),
            request.getIncarnation(),
            request.getReason());
    arrivals.settling().heardFrom(call.peer().name());
    arrivals.check().end(call.peer().name());
    return arrivals.known().remember(left).map(_ -> DeregisterWorkerResponse.getDefaultInstance());
  }
}
