package io.orrery.scheduler;

import io.orrery.rpc.Call;
import io.orrery.rpc.CallOptions;
import io.orrery.rpc.ReplySource;
import io.orrery.rpc.ReplyStream;
import io.orrery.rpc.RequestValidation;
import io.orrery.rpc.RpcServer;
import io.orrery.security.JobAccess;
import io.orrery.v1.StreamJobRequest;
import io.orrery.v1.WorkerGrpcClient;
import io.orrery.v1.WorkerGrpcService;
import java.time.Duration;

/**
 * Passes a job's stream on from its worker, message by message as it is encoded, at the reader's
 * pace.
 */
final class JobStreams {
  /** How long the worker has until its first sign. */
  private static final Duration FIRST_SIGN = Duration.ofSeconds(10);

  private final Registry registry;
  private final JobIndex index;
  private final WorkerLinks links;

  JobStreams(Registry registry, JobIndex index, WorkerLinks links) {
    this.registry = registry;
    this.index = index;
    this.links = links;
  }

  void bind(RpcServer server) {
    server.serverStream(WorkerGrpcService.StreamJob, this::stream);
  }

  private void stream(Call call, StreamJobRequest request, ReplyStream replies) {
    RequestValidation.check(request);
    JobIndex.Entry entry =
        index.find(request.getJobId(), job -> JobAccess.mayRead(call.caller(), job.owner()));
    Node node =
        registry
            .byId(entry.workerId())
            .filter(Node::isReachable)
            .orElseThrow(() -> unreachable(entry));
    StreamJobRequest order = request.toBuilder().setJobId(entry.id().value()).build();
    links.stream(
            node,
            WorkerGrpcClient.StreamJob,
            order,
            CallOptions.within(FIRST_SIGN).onBehalfOf(call.caller()))
        .onSuccess(source -> pass(source, replies))
        .onFailure(replies::fail);
  }

  private RuntimeException unreachable(JobIndex.Entry entry) {
    return registry
        .byId(entry.workerId())
        .map(PlacementChoice::unreachable)
        .orElseGet(() -> PlacementChoice.unknown(entry.workerId()));
  }

  private static void pass(ReplySource source, ReplyStream replies) {
    replies.onEnd(source::cancel);
    source.handler(
        message -> {
          if (!replies.write(message)) {
            source.pause();
            replies.drainHandler(source::resume);
          }
        });
    source.end().onSuccess(_ -> replies.end()).onFailure(replies::fail);
    source.resume();
  }
}
