package io.orrery.scheduler;

import io.orrery.job.Reason;
import io.orrery.rpc.Call;
import io.orrery.rpc.RpcServer;
import io.orrery.v1.ForgetWorkerRequest;
import io.orrery.v1.ForgetWorkerResponse;
import io.orrery.v1.SchedulerGrpcService;
import io.vertx.core.Future;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Forgets workers that are gone for good. One that comes back all the same is taken for a new one,
 * and what it tells of jobs that were lost stands beside their loss.
 */
final class ForgetCalls {
  private static final Logger LOG = LoggerFactory.getLogger(ForgetCalls.class);

  private final Registry registry;
  private final JobQueue.Parts parts;
  private final JobReports reports;
  private final Drains drains;
  private final WorkerReports.Arrivals arrivals;

  ForgetCalls(
      Registry registry,
      JobQueue.Parts parts,
      JobReports reports,
      Drains drains,
      WorkerReports.Arrivals arrivals) {
    this.registry = registry;
    this.parts = parts;
    this.reports = reports;
    this.drains = drains;
    this.arrivals = arrivals;
  }

  void bind(RpcServer server) {
    server.unary(SchedulerGrpcService.ForgetWorker, this::forget);
  }

  /**
   * Answers when it is on the disk.
   *
   * @throws io.orrery.job.ApiException {@link Reason#WORKER_NOT_GONE} when the worker is there, or
   *     has jobs that are not to be lost
   */
  private Future<ForgetWorkerResponse> forget(Call call, ForgetWorkerRequest request) {
    Node node = gone(request.getWorkerId());
    List<JobIndex.Entry> jobs = parts.index().live(node.id());
    if (!jobs.isEmpty() && !request.getLoseJobs()) {
      throw PlacementRefusals.hasJobs(node, jobs.size());
    }
    return drains
        .set(node.name(), null, null)
        .compose(_ -> arrivals.known().forget(node.name()))
        .map(_ -> forget(gone(node.id()), call.caller().uri()));
  }

  /** It may have come back while the disk was written. */
  private Node gone(String workerId) {
    Node node = registry.byId(workerId).orElseThrow(() -> PlacementRefusals.unknown(workerId));
    if (!registry.isGone(node)) {
      throw PlacementRefusals.notGone(node);
    }
    return node;
  }

  private ForgetWorkerResponse forget(Node node, String actor) {
    int jobs = parts.index().live(node.id()).size();
    LOG.info("{} forgets worker {} ({}), and {} jobs", actor, node.name(), node.id(), jobs);
    reports.silent(node, "its worker " + node.name() + " was given up by " + actor);
    reports.forgotten(node);
    parts.index().forgetEnded(node.id());
    parts.rooms().forget(node.id());
    arrivals.check().end(node.name());
    arrivals.settling().heardFrom(node.name());
    registry.forget(node);
    return ForgetWorkerResponse.newBuilder().setLostJobs(jobs).build();
  }
}
