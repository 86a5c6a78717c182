package io.orrery.scheduler;

import io.orrery.rpc.AttachReplies;
import io.orrery.rpc.Call;
import io.orrery.rpc.Conversation;
import io.orrery.rpc.ReplyStream;
import io.orrery.rpc.RequestStream;
import io.orrery.rpc.RequestValidation;
import io.orrery.rpc.RpcServer;
import io.orrery.security.JobAccess;
import io.orrery.v1.AttachJobRequest;
import io.orrery.v1.AttachStart;
import io.orrery.v1.StreamJobRequest;
import io.orrery.v1.WorkerGrpcClient;
import io.orrery.v1.WorkerGrpcService;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;

/**
 * Passes on what a client and the job that it is attached to have to say to each other, each at the
 * other's pace.
 */
final class JobAttachments {
  private final JobLocator locator;
  private final WaitingStreams waits;
  private final KnownJobs known;
  private final WorkerLinks links;

  JobAttachments(JobLocator locator, WaitingStreams waits, KnownJobs known, WorkerLinks links) {
    this.locator = locator;
    this.waits = waits;
    this.known = known;
    this.links = links;
  }

  void bind(RpcServer server) {
    server.conversation(WorkerGrpcService.AttachJob, this::attach);
  }

  private void attach(
      Call call,
      AttachJobRequest first,
      RequestStream<AttachJobRequest> more,
      ReplyStream replies) {
    RequestValidation.checkFirst(first);
    locator
        .find(first.getStart().getJobId(), call, JobAccess::mayChange)
        .compose(entry -> waits.hold(call, entry, new AttachReplies(replies)))
        .compose(
            there ->
                there.workerId().isEmpty() || known.isGivenUp(there.id())
                    ? waits.end(there, output(first.getStart()), new AttachReplies(replies))
                    : toWorker(call, there, first, more, replies))
        .onFailure(replies::fail);
  }

  private Future<Void> toWorker(
      Call call,
      JobIndex.Entry there,
      AttachJobRequest first,
      RequestStream<AttachJobRequest> more,
      ReplyStream replies) {
    return open(call, locator.at(there), first)
        .onSuccess(
            conversation -> {
              passOn(more, conversation);
              Passage.begin(conversation.replies(), replies, _ -> null);
            })
        .mapEmpty();
  }

  /** What StreamJob would be asked for. */
  private static StreamJobRequest output(AttachStart start) {
    return StreamJobRequest.newBuilder().setFrom(start.getFrom()).build();
  }

  private Future<Conversation> open(Call call, JobLocator.Located job, AttachJobRequest first) {
    AttachJobRequest.Builder order = first.toBuilder();
    order.getStartBuilder().setJobId(job.entry().id().value());
    return links.converse(
        job.node(),
        WorkerGrpcClient.AttachJob,
        order.build(),
        call.forwarded().atMost(JobStreams.FIRST_SIGN));
  }

  private static void passOn(RequestStream<AttachJobRequest> more, Conversation conversation) {
    conversation.drainHandler(more::resume);
    more.handler(
            message -> {
              if (!conversation.write(Buffer.buffer(message.toByteArray()))) {
                more.pause();
              }
            })
        .endHandler(conversation::endRequest)
        .resume();
  }
}
