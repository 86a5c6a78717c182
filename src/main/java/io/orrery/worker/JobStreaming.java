package io.orrery.worker;

import io.orrery.bus.JobBus;
import io.orrery.bus.OutputChunk;
import io.orrery.bus.Subscription;
import io.orrery.job.ApiException;
import io.orrery.job.Job;
import io.orrery.job.JobId;
import io.orrery.job.Reason;
import io.orrery.output.FollowRequest;
import io.orrery.output.Follower;
import io.orrery.output.GapReason;
import io.orrery.output.OutputGap;
import io.orrery.output.OutputTails;
import io.orrery.output.Sink;
import io.orrery.rpc.Call;
import io.orrery.rpc.OutputMapping;
import io.orrery.rpc.ReplyStream;
import io.orrery.rpc.RequestValidation;
import io.orrery.rpc.RpcServer;
import io.orrery.v1.StreamJobRequest;
import io.orrery.v1.WorkerGrpcService;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import java.time.Instant;
import java.util.Map;

/**
 * Sends a job's output to those who ask for it: first the job, then its bytes, at last the final
 * job.
 */
final class JobStreaming {
  private final Jobs jobs;
  private final JobViews views;
  private final JobDirectories directories;
  private final OutputTails tails;
  private final JobBus bus;

  JobStreaming(
      Jobs jobs, JobViews views, JobDirectories directories, OutputTails tails, JobBus bus) {
    this.jobs = jobs;
    this.views = views;
    this.directories = directories;
    this.tails = tails;
    this.bus = bus;
  }

  void bind(RpcServer server) {
    server.serverStream(WorkerGrpcService.StreamJob, this::stream);
  }

  private void stream(Call call, StreamJobRequest request, ReplyStream replies) {
    RequestValidation.check(request);
    follow(views.readable(request.getJobId(), call.caller()), FollowRequests.of(request), replies);
  }

  /**
   * Sends all that StreamJob sends, and ends the stream.
   *
   * @throws ApiException OFFSET_PAST_END, when nothing has been sent
   */
  void follow(Job job, FollowRequest wanted, ReplyStream replies) {
    requireWithin(job, wanted);
    replies.write(OutputMapping.job(job));
    Subscription changes = bus.watch(job.id(), change -> changed(change.job(), replies));
    Runnable unwatch =
        jobs.replaced().watch(job.id(), next -> replies.fail(StartRefusals.replaced(next)));
    replies.onEnd(
        () -> {
          changes.cancel();
          unwatch.run();
        });
    jobs.whenAlone(job).onSuccess(_ -> read(job, wanted, replies));
    jobs.whenStarted(job).onFailure(replies::fail);
  }

  private void read(Job job, FollowRequest wanted, ReplyStream replies) {
    if (!replies.ended()) {
      Follower follower =
          tails.follow(
              job.id(),
              directories.directory(job.id()),
              wanted,
              new Replies(replies, job.id(), wanted.follow()));
      replies.onEnd(follower::close);
    }
  }

  /** Before the first message, so that the refusal is the whole answer. */
  private static void requireWithin(Job job, FollowRequest wanted) {
    if (job.state().isTerminal()
        && wanted.start() instanceof FollowRequest.Start.From from
        && (from.offsets().stdout() > job.bytes().stdout()
            || from.offsets().stderr() > job.bytes().stderr())) {
      throw new ApiException(
          Reason.OFFSET_PAST_END,
          "job "
              + job.id()
              + " has ended with "
              + job.bytes().stdout()
              + " bytes of stdout and "
              + job.bytes().stderr()
              + " of stderr; ask for a place within them",
          Map.of(
              "job_id", job.id().value(),
              "stdout_bytes", Long.toString(job.bytes().stdout()),
              "stderr_bytes", Long.toString(job.bytes().stderr())));
    }
  }

  private static void changed(Job job, ReplyStream replies) {
    if (!job.state().isTerminal()) {
      replies.write(OutputMapping.job(job));
    }
  }

  /** Made once for all readers of the chunk. */
  private static Buffer encode(OutputChunk chunk) {
    return OutputMapping.chunk(chunk.stream(), chunk.offset(), chunk.time(), chunk.bytes());
  }

  private static io.orrery.v1.GapReason reason(GapReason reason) {
    return switch (reason) {
      case LIMIT -> io.orrery.v1.GapReason.GAP_REASON_LIMIT;
      case RETENTION -> io.orrery.v1.GapReason.GAP_REASON_RETENTION;
      case LOST -> io.orrery.v1.GapReason.GAP_REASON_LOST;
    };
  }

  /** The reader's end of a follower. */
  private final class Replies implements Sink {
    private final ReplyStream replies;
    private final JobId job;
    private final boolean toTheEnd;

    Replies(ReplyStream replies, JobId job, boolean toTheEnd) {
      this.replies = replies;
      this.job = job;
      this.toTheEnd = toTheEnd;
    }

    @Override
    public boolean write(OutputChunk chunk) {
      return replies.write(chunk.encoded(JobStreaming::encode));
    }

    @Override
    public void drainHandler(Runnable drained) {
      replies.drainHandler(drained);
    }

    @Override
    public void gap(OutputGap gap) {
      replies.write(OutputMapping.gap(gap.stream(), gap.from(), gap.to(), reason(gap.reason())));
    }

    @Override
    public void heartbeat() {
      replies.write(OutputMapping.heartbeat(Instant.now()));
    }

    @Override
    public void end(Job.StreamBytes totals) {
      Future<Job> last = toTheEnd ? jobs.whenEnded(job) : views.now(job);
      last.onSuccess(
              over -> {
                replies.write(OutputMapping.finalJob(over));
                replies.end();
              })
          .onFailure(replies::fail);
    }

    @Override
    public void fail(Throwable cause) {
      replies.fail(cause);
    }
  }
}
