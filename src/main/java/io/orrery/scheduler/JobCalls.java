package io.orrery.scheduler;

import com.google.protobuf.Message;
import io.orrery.job.ApiException;
import io.orrery.job.JobId;
import io.orrery.job.JobSpec;
import io.orrery.rpc.Call;
import io.orrery.rpc.CallOptions;
import io.orrery.rpc.RpcServer;
import io.orrery.rpc.SpecMapping;
import io.orrery.rpc.StartJobValidation;
import io.orrery.security.Identity;
import io.orrery.security.JobAccess;
import io.orrery.v1.QueryJobRequest;
import io.orrery.v1.QueryJobResponse;
import io.orrery.v1.SignalJobRequest;
import io.orrery.v1.SignalJobResponse;
import io.orrery.v1.StartJobRequest;
import io.orrery.v1.StartJobResponse;
import io.orrery.v1.StopJobRequest;
import io.orrery.v1.StopJobResponse;
import io.orrery.v1.WorkerGrpcClient;
import io.orrery.v1.WorkerGrpcService;
import io.vertx.core.Future;
import io.vertx.grpc.common.ServiceMethod;
import java.time.Duration;
import java.util.Optional;
import java.util.function.BiPredicate;

/** The calls about one job: each goes to the worker that has it, or that shall have it. */
final class JobCalls {
  /** A stop takes as long as its grace. */
  private static final Duration STOP_AT_MOST = Duration.ofHours(24);

  private final Registry registry;
  private final JobIndex index;
  private final WorkerLinks links;

  JobCalls(Registry registry, JobIndex index, WorkerLinks links) {
    this.registry = registry;
    this.index = index;
    this.links = links;
  }

  void bind(RpcServer server) {
    server
        .unary(WorkerGrpcService.StartJob, this::start)
        .unary(WorkerGrpcService.StopJob, STOP_AT_MOST, this::stop)
        .unary(WorkerGrpcService.QueryJob, this::query)
        .unary(WorkerGrpcService.SignalJob, this::signal);
  }

  private Future<StartJobResponse> start(Call call, StartJobRequest request) {
    StartJobValidation.check(request);
    JobSpec spec = SpecMapping.fromRequest(request);
    JobId id = request.getJobId().isEmpty() ? JobId.random() : new JobId(request.getJobId());
    Optional<JobIndex.Entry> known = index.get(id);
    Node node =
        known.isPresent()
            ? reachable(known.get().workerId())
            : PlacementChoice.choose(registry.all(), spec.placement());
    if (known.isEmpty()) {
      index.put(new JobIndex.Entry(id, node.id(), call.caller().uri(), false));
      registry.gave(node);
    }
    StartJobRequest order = request.toBuilder().setJobId(id.value()).build();
    return links
        .call(node, WorkerGrpcClient.StartJob, order, options(call))
        .onSuccess(
            started ->
                index.put(new JobIndex.Entry(id, node.id(), started.getJob().getOwner(), true)))
        .onFailure(
            failure -> {
              if (failure instanceof ApiException refusal && refusal.isDefinite()) {
                index.refused(id);
              }
            });
  }

  private Future<StopJobResponse> stop(Call call, StopJobRequest request) {
    JobIndex.Entry entry = find(request.getJobId(), call, JobAccess::mayChange);
    return forward(
        call,
        entry,
        WorkerGrpcClient.StopJob,
        request.toBuilder().setJobId(entry.id().value()).build());
  }

  private Future<QueryJobResponse> query(Call call, QueryJobRequest request) {
    JobIndex.Entry entry = find(request.getJobId(), call, JobAccess::mayRead);
    return forward(
        call,
        entry,
        WorkerGrpcClient.QueryJob,
        request.toBuilder().setJobId(entry.id().value()).build());
  }

  private Future<SignalJobResponse> signal(Call call, SignalJobRequest request) {
    JobIndex.Entry entry = find(request.getJobId(), call, JobAccess::mayChange);
    return forward(
        call,
        entry,
        WorkerGrpcClient.SignalJob,
        request.toBuilder().setJobId(entry.id().value()).build());
  }

  private JobIndex.Entry find(
      String idOrPrefix, Call call, BiPredicate<Identity, String> permission) {
    return index.find(idOrPrefix, entry -> permission.test(call.caller(), entry.owner()));
  }

  private <I extends Message, O extends Message> Future<O> forward(
      Call call, JobIndex.Entry entry, ServiceMethod<O, I> method, I request) {
    return links.call(reachable(entry.workerId()), method, request, options(call));
  }

  private Node reachable(String workerId) {
    Node node = registry.byId(workerId).orElseThrow(() -> PlacementChoice.unknown(workerId));
    if (!node.isReachable()) {
      throw PlacementChoice.unreachable(node);
    }
    return node;
  }

  /** The rest of the caller's time, in the caller's name. */
  static CallOptions options(Call call) {
    return CallOptions.within(call.deadline().remaining()).onBehalfOf(call.caller());
  }
}
