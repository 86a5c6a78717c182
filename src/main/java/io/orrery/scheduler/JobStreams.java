package io.orrery.scheduler;

import io.orrery.rpc.Call;
import io.orrery.rpc.ReplySource;
import io.orrery.rpc.ReplyStream;
import io.orrery.rpc.RequestValidation;
import io.orrery.rpc.RpcServer;
import io.orrery.security.JobAccess;
import io.orrery.v1.StreamJobRequest;
import io.orrery.v1.WorkerGrpcClient;
import io.orrery.v1.WorkerGrpcService;
import io.vertx.core.Future;
import java.time.Duration;

/** Passes a job's stream on from its worker. */
final class JobStreams {
  /** How long the worker has until its first sign. */
  static final Duration FIRST_SIGN = Duration.ofSeconds(10);

  private final JobLocator locator;
  private final WaitingStreams waits;
  private final KnownJobs known;
  private final WorkerLinks links;

  JobStreams(JobLocator locator, WaitingStreams waits, KnownJobs known, WorkerLinks links) {
    this.locator = locator;
    this.waits = waits;
    this.known = known;
    this.links = links;
  }

  void bind(RpcServer server) {
    server.serverStream(WorkerGrpcService.StreamJob, this::stream);
  }

  private void stream(Call call, StreamJobRequest request, ReplyStream replies) {
    RequestValidation.check(request);
    locator
        .find(request.getJobId(), call, JobAccess::mayRead)
        .compose(
            job ->
                request.getNoFollow() && job.workerId().isEmpty()
                    ? Future.succeededFuture(job)
                    : waits.hold(call, job, replies))
        .compose(
            there ->
                there.workerId().isEmpty()
                        || (isEndKnown(there) && WaitingStreams.asksForTheEnd(request))
                    ? waits.end(there, request, replies)
                    : fromWorker(call, there, request, replies))
        .onFailure(replies::fail);
  }

  private boolean isEndKnown(JobIndex.Entry entry) {
    return entry.state().isTerminal() && !known.isAsked(entry);
  }

  /** Of a job that its worker does not know any more the scheduler knows the end. */
  private Future<Void> fromWorker(
      Call call, JobIndex.Entry there, StreamJobRequest request, ReplyStream replies) {
    return open(call, locator.at(there), request)
        .onSuccess(source -> Passage.begin(source, replies, new GivenUpJob(known, there)))
        .<Void>mapEmpty()
        .recover(
            failure ->
                KnownJobs.isForgotten(failure) && there.state().isTerminal()
                    ? waits.end(there, request, replies)
                    : Future.failedFuture(failure));
  }

  private Future<ReplySource> open(Call call, JobLocator.Located job, StreamJobRequest request) {
    StreamJobRequest order = request.toBuilder().setJobId(job.entry().id().value()).build();
    return links.stream(
        job.node(), WorkerGrpcClient.StreamJob, order, call.forwarded().atMost(FIRST_SIGN));
  }
}
