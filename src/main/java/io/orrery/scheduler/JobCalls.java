package io.orrery.scheduler;

import com.google.protobuf.Message;
import io.orrery.job.ApiException;
import io.orrery.job.JobId;
import io.orrery.job.JobSpec;
import io.orrery.rpc.Call;
import io.orrery.rpc.RpcServer;
import io.orrery.rpc.SpecMapping;
import io.orrery.rpc.StartJobValidation;
import io.orrery.security.JobAccess;
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

/**
 * The calls that start and change one job: each goes to the worker that has it, or that shall have
 * it.
 */
final class JobCalls {
  /** A stop takes as long as its grace. */
  private static final Duration STOP_AT_MOST = Duration.ofHours(24);

  private final Registry registry;
  private final JobIndex index;
  private final JobLocator locator;
  private final WorkerLinks links;

  JobCalls(Registry registry, JobIndex index, JobLocator locator, WorkerLinks links) {
    this.registry = registry;
    this.index = index;
    this.locator = locator;
    this.links = links;
  }

  void bind(RpcServer server) {
    server
        .unary(WorkerGrpcService.StartJob, this::start)
        .unary(WorkerGrpcService.StopJob, STOP_AT_MOST, this::stop)
        .unary(WorkerGrpcService.SignalJob, this::signal);
  }

  private Future<StartJobResponse> start(Call call, StartJobRequest request) {
    StartJobValidation.check(request);
    JobSpec spec = SpecMapping.fromRequest(request);
    if (request.getJobId().isEmpty()) {
      return place(call, JobId.random(), spec, request);
    }
    JobId id = new JobId(request.getJobId());
    return locator
        .existing(id)
        .compose(
            known ->
                known.isPresent()
                    ? repeat(call, known.get(), request)
                    : place(call, id, spec, request));
  }

  /** The worker that has the job, or was given it, says whether this is the same one. */
  private Future<StartJobResponse> repeat(
      Call call, JobIndex.Entry known, StartJobRequest request) {
    return known.owner().equals(call.caller().uri())
        ? order(call, known.id(), locator.reachable(known.workerId()), request)
        : Future.failedFuture(ApiException.jobIdTaken(known.id()));
  }

  private Future<StartJobResponse> place(
      Call call, JobId id, JobSpec spec, StartJobRequest request) {
    Node node = PlacementChoice.choose(registry.all(), spec.placement());
    index.ordered(id, node.id(), call.caller().uri(), spec);
    registry.gave(node);
    return order(call, id, node, request)
        .onFailure(
            failure -> {
              if (failure instanceof ApiException refusal && refusal.isDefinite()) {
                index.refused(id);
              }
            });
  }

  private Future<StartJobResponse> order(Call call, JobId id, Node node, StartJobRequest request) {
    StartJobRequest order = request.toBuilder().setJobId(id.value()).build();
    return links
        .call(node, WorkerGrpcClient.StartJob, order, call.forwarded())
        .onSuccess(started -> index.put(IndexedJobs.answered(node.id(), started.getJob())))
        .recover(failure -> Future.failedFuture(withId(failure, id)));
  }

  /** The caller may have left the id to us, and needs it to look whether the job was started. */
  private static Throwable withId(Throwable failure, JobId id) {
    return failure instanceof ApiException doubt && !doubt.isDefinite()
        ? doubt.with("job_id", id.value())
        : failure;
  }

  private Future<StopJobResponse> stop(Call call, StopJobRequest request) {
    return locator
        .find(request.getJobId(), call, JobAccess::mayChange)
        .compose(
            job ->
                forward(
                    call,
                    job,
                    WorkerGrpcClient.StopJob,
                    request.toBuilder().setJobId(job.entry().id().value()).build()));
  }

  private Future<SignalJobResponse> signal(Call call, SignalJobRequest request) {
    return locator
        .find(request.getJobId(), call, JobAccess::mayChange)
        .compose(
            job ->
                forward(
                    call,
                    job,
                    WorkerGrpcClient.SignalJob,
                    request.toBuilder().setJobId(job.entry().id().value()).build()));
  }

  private <I extends Message, O extends Message> Future<O> forward(
      Call call, JobLocator.Located job, ServiceMethod<O, I> method, I request) {
    return links.call(job.node(), method, request, call.forwarded());
  }
}
