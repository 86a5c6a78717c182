package io.orrery.scheduler;

import static io.orrery.job.StandardStream.STDERR;
import static io.orrery.job.StandardStream.STDOUT;

import io.orrery.job.StandardStream;
import io.orrery.rpc.Call;
import io.orrery.rpc.OutputMapping;
import io.orrery.rpc.ReplyStream;
import io.orrery.v1.GapReason;
import io.orrery.v1.OutputStream;
import io.orrery.v1.StreamJobRequest;
import io.orrery.v1.StreamJobResponse;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import java.time.InstantSource;
import java.util.Optional;

/** Streams of jobs that have no worker yet: they are open, and say that they are. */
final class WaitingStreams {
  private static final long HEARTBEAT_MILLIS = 10_000;

  private final Vertx vertx;
  private final InstantSource clock;
  private final JobArrivals arrivals;
  private final JobRecords records;
  private final KnownJobs known;

  WaitingStreams(
      Vertx vertx, InstantSource clock, JobArrivals arrivals, JobRecords records, KnownJobs known) {
    this.vertx = vertx;
    this.clock = clock;
    this.arrivals = arrivals;
    this.records = records;
    this.known = known;
  }

  /** Completes when the worker has the job, or the job is over; until then the stream is kept. */
  Future<JobIndex.Entry> hold(Call call, JobIndex.Entry entry, ReplyStream replies) {
    Future<JobIndex.Entry> there = arrivals.await(entry, call.life().over());
    if (there.isComplete()) {
      return there;
    }
    records
        .get(entry.id())
        .onSuccess(
            job -> {
              if (job.isPresent() && !there.isComplete()) {
                write(replies, StreamJobResponse.newBuilder().setJob(job.get()).build());
              }
            });
    long timer =
        vertx.setPeriodic(
            HEARTBEAT_MILLIS, _ -> replies.write(OutputMapping.heartbeat(clock.instant())));
    Future<JobIndex.Entry> held = there.eventually(() -> stop(timer));
    replies.onEnd(() -> vertx.cancelTimer(timer));
    return held;
  }

  private Future<Void> stop(long timer) {
    vertx.cancelTimer(timer);
    return Future.succeededFuture();
  }

  /** The last message of the stream of a job of which no worker knows: it has ended, or waits. */
  Future<Void> end(JobIndex.Entry entry, StreamJobRequest request, ReplyStream replies) {
    return known
        .job(entry)
        .map(
            job -> {
              gap(STDOUT, request, request.getFrom().getStdoutOffset(), job.getStdoutBytes())
                  .ifPresent(replies::write);
              gap(STDERR, request, request.getFrom().getStderrOffset(), job.getStderrBytes())
                  .ifPresent(replies::write);
              write(replies, StreamJobResponse.newBuilder().setFinalJob(job).build());
              replies.end();
              return null;
            });
  }

  /** Who waits for a job, and wants none of its output. */
  static boolean asksForTheEnd(StreamJobRequest request) {
    return request.getStartCase() == StreamJobRequest.StartCase.LAST_BYTES
        && request.getLastBytes() == 0;
  }

  /** What the job wrote went with what its worker knew of it. */
  private static Optional<Buffer> gap(
      StandardStream stream, StreamJobRequest request, long from, long to) {
    boolean wanted =
        !asksForTheEnd(request)
            && (request.getStream() == OutputStream.OUTPUT_STREAM_UNSPECIFIED
                || request.getStream() == OutputMapping.toProto(stream));
    return wanted && from < to
        ? Optional.of(OutputMapping.gap(stream, from, to, GapReason.GAP_REASON_RETENTION))
        : Optional.empty();
  }

  private static void write(ReplyStream replies, StreamJobResponse message) {
    replies.write(Buffer.buffer(message.toByteArray()));
  }
}
