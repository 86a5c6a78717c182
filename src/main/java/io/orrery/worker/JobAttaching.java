package io.orrery.worker;

import io.orrery.job.Job;
import io.orrery.job.Job.StreamBytes;
import io.orrery.job.JobId;
import io.orrery.job.StandardStream;
import io.orrery.job.StdinMode;
import io.orrery.output.FollowRequest;
import io.orrery.process.StreamSetup.WindowSize;
import io.orrery.rpc.AttachReplies;
import io.orrery.rpc.Call;
import io.orrery.rpc.ReplyStream;
import io.orrery.rpc.RequestStream;
import io.orrery.rpc.RequestValidation;
import io.orrery.rpc.RpcServer;
import io.orrery.v1.AttachJobRequest;
import io.orrery.v1.AttachStart;
import io.orrery.v1.StdinCloseReason;
import io.orrery.v1.WorkerGrpcService;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.Map;

/** Attaches clients to jobs: the output as for any reader, and the input of those that have one. */
final class JobAttaching {
  private final Jobs jobs;
  private final JobViews views;
  private final JobStreaming streaming;
  private final InputLine.Ways ways;
  private final Map<JobId, InputLine> lines = new HashMap<>();

  JobAttaching(Jobs jobs, JobViews views, JobStreaming streaming, InputLine.Ways ways) {
    this.jobs = jobs;
    this.views = views;
    this.streaming = streaming;
    this.ways = ways;
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
    AttachStart start = first.getStart();
    Job job = views.changeable(start.getJobId(), call.caller());
    streaming.follow(job, wanted(start), new AttachReplies(replies));
    Attachment attachment = new Attachment(start, more, replies);
    if (!isLive(job)) {
      more.handler(RequestValidation::checkNext);
      attachment.close(StdinCloseReason.STDIN_CLOSE_REASON_NOT_LIVE);
      return;
    }
    jobs.whenStarted(job)
        .onSuccess(
            _ -> {
              if (!replies.ended()) {
                connect(job, attachment, more);
                replies.onEnd(() -> disconnect(job, attachment));
              }
            });
  }

  private static FollowRequest wanted(AttachStart start) {
    StreamBytes from =
        new StreamBytes(start.getFrom().getStdoutOffset(), start.getFrom().getStderrOffset());
    return new FollowRequest(
        new FollowRequest.Start.From(from), EnumSet.allOf(StandardStream.class), true);
  }

  private static boolean isLive(Job job) {
    return job.spec().terminal() != null || job.spec().input().mode() == StdinMode.LIVE;
  }

  private void connect(Job job, Attachment attachment, RequestStream<AttachJobRequest> more) {
    InputLine line =
        lines.computeIfAbsent(job.id(), id -> new InputLine(job, ways, () -> lines.remove(id)));
    more.handler(message -> take(message, line, attachment));
    line.attach(attachment);
  }

  private void disconnect(Job job, Attachment attachment) {
    InputLine line = lines.get(job.id());
    if (line != null) {
      line.detach(attachment);
    }
  }

  private static void take(AttachJobRequest message, InputLine line, Attachment attachment) {
    RequestValidation.checkNext(message);
    switch (message.getEventCase()) {
      case STDIN -> line.bytes(attachment, message.getStdin().toByteArray());
      case STDIN_END -> line.end(attachment);
      case RESIZE ->
          line.resize(
              attachment,
              new WindowSize(message.getResize().getRows(), message.getResize().getColumns()));
      case START, EVENT_NOT_SET -> {
        // The first is refused above; the second may be of a version to come.
      }
    }
  }
}
