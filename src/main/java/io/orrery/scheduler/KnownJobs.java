package io.orrery.scheduler;

import io.orrery.job.ApiException;
import io.orrery.job.JobId;
import io.orrery.job.Reason;
import io.orrery.rpc.Call;
import io.orrery.rpc.RpcServer;
import io.orrery.rpc.StateMapping;
import io.orrery.rpc.TimeLimit;
import io.orrery.rpc.Times;
import io.orrery.security.JobAccess;
import io.orrery.v1.Job;
import io.orrery.v1.QueryJobRequest;
import io.orrery.v1.QueryJobResponse;
import io.orrery.v1.WorkerGrpcClient;
import io.orrery.v1.WorkerGrpcService;
import io.vertx.core.Future;
import java.time.Duration;
import java.util.Optional;

/**
 * Shows jobs. A worker that answers is asked; for one that does not the scheduler answers with what
 * it knows, and since when that is old. Of jobs that have no worker, and of those that it gave up,
 * the scheduler alone speaks.
 */
final class KnownJobs {
  private static final Duration MOST_WAIT = Duration.ofSeconds(5);

  private final JobLocator locator;
  private final JobQueue.Parts parts;
  private final Registry registry;
  private final JobArrivals arrivals;
  private final WorkerLinks links;

  KnownJobs(
      JobLocator locator,
      JobQueue.Parts parts,
      Registry registry,
      JobArrivals arrivals,
      WorkerLinks links) {
    this.locator = locator;
    this.parts = parts;
    this.registry = registry;
    this.arrivals = arrivals;
    this.links = links;
  }

  void bind(RpcServer server) {
    server.unary(WorkerGrpcService.QueryJob, this::query);
  }

  private Future<QueryJobResponse> query(Call call, QueryJobRequest request) {
    return locator
        .find(request.getJobId(), call, JobAccess::mayRead)
        .compose(entry -> settled(call, entry))
        .compose(entry -> query(call, entry));
  }

  /**
   * Right after a start of the scheduler the worker will soon tell more than the record says. What
   * was told of the job before may be newer, too: an order is not shown as a job that went back to
   * its start.
   */
  private Future<JobIndex.Entry> settled(Call call, JobIndex.Entry entry) {
    return entry.confirmed() || entry.workerId().isEmpty() || locator.isSettled()
        ? Future.succeededFuture(entry)
        : TimeLimit.within(MOST_WAIT, arrivals.await(entry, call.life().over()))
            .recover(
                _ ->
                    locator.isSettled()
                        ? Future.succeededFuture(locator.known(entry.id()).orElse(entry))
                        : Future.failedFuture(locator.starting()));
  }

  /** Whether the worker of a job is asked for it: it answers, and has not been given up. */
  boolean isAsked(JobIndex.Entry entry) {
    return entry.confirmed()
        && registry.byId(entry.workerId()).filter(Node::isAnswering).isPresent()
        && !isGivenUp(entry.id());
  }

  /** Whether the job is lost for us, whatever its worker tells. */
  boolean isGivenUp(JobId id) {
    return parts.index().isGivenUp(id);
  }

  /** Whether the job is over, and its worker not there to do or say anything more about it. */
  boolean isLeftToUs(JobIndex.Entry entry) {
    return entry.state().isTerminal()
        && registry.byId(entry.workerId()).filter(Node::isAnswering).isEmpty();
  }

  private Future<QueryJobResponse> query(Call call, JobIndex.Entry entry) {
    Optional<Node> node = registry.byId(entry.workerId());
    if (!isAsked(entry)) {
      return job(entry).map(KnownJobs::response);
    }
    QueryJobRequest whole = QueryJobRequest.newBuilder().setJobId(entry.id().value()).build();
    return links
        .call(node.get(), WorkerGrpcClient.QueryJob, whole, call.forwarded().atMost(MOST_WAIT))
        .recover(
            failure ->
                isForgotten(failure)
                    ? job(entry).map(KnownJobs::response)
                    : isSilence(failure)
                        ? lastKnown(entry.id(), node.get()).map(KnownJobs::response)
                        : Future.failedFuture(failure));
  }

  /** It stands still, or has just gone, and its lease is not over. */
  private static boolean isSilence(Throwable failure) {
    return failure instanceof ApiException none
        && (none.reason() == Reason.WORKER_UNREACHABLE || none.reason() == Reason.DEADLINE);
  }

  private Future<Job> lastKnown(JobId id, Node silent) {
    JobIndex.Entry now = now(id);
    return job(now)
        .map(
            job ->
                job.hasWorkerUnreachableSince()
                        || !now.workerId().equals(silent.id())
                        || StateMapping.fromProto(job.getState()).isTerminal()
                    ? job
                    : job.toBuilder()
                        .setWorkerUnreachableSince(
                            Times.timestamp(silent.standing().heartbeatTime()))
                        .build());
  }

  /** The worker keeps its jobs for its own time, and the scheduler their records for another. */
  static boolean isForgotten(Throwable failure) {
    return failure instanceof ApiException refusal && refusal.reason() == Reason.JOB_NOT_FOUND;
  }

  private static QueryJobResponse response(Job job) {
    return QueryJobResponse.newBuilder().setJob(job).build();
  }

  private JobIndex.Entry now(JobId id) {
    return locator.known(id).orElseThrow(() -> ApiException.jobNotFound(id.value()));
  }

  /** The same of a job that may have changed meanwhile. */
  Future<Job> job(JobId id) {
    return job(now(id));
  }

  /** The job as the scheduler knows it, in the last state that was told. */
  Future<Job> job(JobIndex.Entry entry) {
    Optional<Node> node = registry.byId(entry.workerId());
    if (entry.confirmed() && node.isPresent() && entry.report().message() != null) {
      return Future.succeededFuture(dated(IndexedJobs.message(entry, node.get()), node.get()));
    }
    return parts
        .records()
        .get(entry.id())
        .map(
            record -> {
              Job job = now(entry, record.orElseGet(() -> IndexedJobs.waiting(entry)), node);
              return node.map(at -> dated(job, at)).orElse(job);
            });
  }

  /** The record, in the state in which the job is by now. */
  private static Job now(JobIndex.Entry entry, Job record, Optional<Node> node) {
    Job.Builder job =
        record.toBuilder()
            .setState(StateMapping.toProto(entry.state()))
            .setAttempt(entry.attempt())
            .setWorkerId(entry.workerId());
    node.ifPresent(at -> job.setWorkerName(at.name()));
    return entry.confirmed() && node.isPresent()
        ? IndexedJobs.message(entry.with(job.build()), node.get())
        : job.build();
  }

  /** Since when nothing newer can be told of a job that had not ended. */
  private static Job dated(Job job, Node node) {
    return node.isAnswering() || StateMapping.fromProto(job.getState()).isTerminal()
        ? job
        : job.toBuilder()
            .setWorkerUnreachableSince(Times.timestamp(node.standing().since()))
            .build();
  }
}
