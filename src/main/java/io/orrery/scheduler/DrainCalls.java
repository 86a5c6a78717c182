package io.orrery.scheduler;

import io.orrery.rpc.Call;
import io.orrery.rpc.RequestValidation;
import io.orrery.rpc.RpcServer;
import io.orrery.rpc.Times;
import io.orrery.v1.DrainWorkerRequest;
import io.orrery.v1.DrainWorkerResponse;
import io.orrery.v1.ResumeWorkerRequest;
import io.orrery.v1.ResumeWorkerResponse;
import io.orrery.v1.SchedulerGrpcService;
import io.orrery.v1.WorkerNode;
import io.vertx.core.Future;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Has workers take no new jobs, and take them again; answers when that is on the disk. */
final class DrainCalls {
  private static final Logger LOG = LoggerFactory.getLogger(DrainCalls.class);

  private final Registry registry;
  private final Drains drains;
  private final InstantSource clock;

  DrainCalls(Registry registry, Drains drains, InstantSource clock) {
    this.registry = registry;
    this.drains = drains;
    this.clock = clock;
  }

  void bind(RpcServer server) {
    server
        .unary(SchedulerGrpcService.DrainWorker, this::drain)
        .unary(SchedulerGrpcService.ResumeWorker, this::resume);
  }

  private Future<DrainWorkerResponse> drain(Call call, DrainWorkerRequest request) {
    RequestValidation.check(request);
    Node node = known(request.getWorkerId());
    Duration length = Times.durationIf(request.hasDeadline(), request.getDeadline());
    Instant now = clock.instant();
    Drain drain =
        new Drain(
            request.getReason(),
            call.caller().uri(),
            now,
            length == null ? null : now.plus(length));
    LOG.info(
        "{} drains worker {} ({}) until {}: {}",
        call.caller().uri(),
        node.name(),
        node.id(),
        length == null ? "it is resumed" : drain.deadline(),
        request.getReason());
    return set(node, drain, length)
        .map(worker -> DrainWorkerResponse.newBuilder().setWorker(worker).build());
  }

  private Future<ResumeWorkerResponse> resume(Call call, ResumeWorkerRequest request) {
    Node node = known(request.getWorkerId());
    LOG.info("{} resumes worker {} ({})", call.caller().uri(), node.name(), node.id());
    return set(node, null, null)
        .map(worker -> ResumeWorkerResponse.newBuilder().setWorker(worker).build());
  }

  private Node known(String workerId) {
    return registry.byId(workerId).orElseThrow(() -> PlacementRefusals.unknown(workerId));
  }

  private Future<WorkerNode> set(Node node, @Nullable Drain drain, @Nullable Duration length) {
    return drains
        .set(node.name(), drain, length)
        .map(
            _ -> {
              registry.drain(node.name(), drain);
              return WorkerMessages.of(known(node.id()), registry);
            });
  }
}
