package io.orrery.cli;

import com.google.protobuf.ByteString;
import io.orrery.cli.grpc.StatusException;
import io.orrery.v1.Job;
import io.orrery.v1.OutputChunk;
import io.orrery.v1.OutputGap;
import io.orrery.v1.OutputStream;
import io.orrery.v1.StreamJobRequest;
import io.orrery.v1.StreamJobResponse;
import io.orrery.v1.StreamPosition;
import java.io.IOException;
import java.time.Duration;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/**
 * Reads a job's output to its last message, once and without a gap: when the connection is lost it
 * goes on where it was, for a bounded time.
 */
final class JobFollower {
  private final OutputSource source;
  private final Console console;
  private final Patience patience;
  private final StreamJobRequest request;
  private final Output output;

  private final Offset stdout = new Offset();
  private final Offset stderr = new Offset();
  private volatile @Nullable Job latest;
  private boolean endedBefore;

  JobFollower(
      OutputSource source,
      Console console,
      Duration patience,
      StreamJobRequest request,
      Output output) {
    this.source = source;
    this.console = console;
    this.patience = new Patience(patience);
    this.request = request;
    this.output = output;
    if (request.getStartCase() == StreamJobRequest.StartCase.START_NOT_SET) {
      stdout.set(0);
      stderr.set(0);
    } else if (request.hasFrom()) {
      stdout.set(request.getFrom().getStdoutOffset());
      stderr.set(request.getFrom().getStderrOffset());
    }
  }

  /** The job was accepted: from now on a server that is not reached will be again. */
  JobFollower of(Job accepted) {
    latest = accepted;
    return this;
  }

  /** Where a stream goes on; unknown until the first bytes where the server chose the start. */
  private static final class Offset {
    volatile long next = -1;

    void set(long offset) {
      next = offset;
    }
  }

  /** The job as it was last heard of; null before the first message. */
  @Nullable Job latest() {
    return latest;
  }

  /** The command that goes on reading where this stopped. */
  String resumeCommand() {
    Job job = latest;
    String offsets =
        stdout.next > 0 || stderr.next > 0
            ? " --offset " + Math.max(0, stdout.next) + "," + Math.max(0, stderr.next)
            : "";
    return source.command() + offsets + " " + (job == null ? request.getJobId() : job.getJobId());
  }

  /**
   * Returns the final job, the last message of the stream.
   *
   * @throws StatusException when the server refuses
   * @throws LostContactException when the end could not be learnt in time
   * @throws IOException when no server can be reached, from the first
   */
  Job follow() throws IOException, StatusException, InterruptedException {
    while (true) {
      String trouble = "the server ended the stream before the job's end";
      try {
        Job end = read();
        if (end != null) {
          return end;
        }
      } catch (StatusException e) {
        if (!isTemporary(e)) {
          throw e;
        }
        trouble = ErrorText.of(e);
      } catch (UnreachableException e) {
        if (latest == null || !e.isTemporary()) {
          throw e;
        }
        trouble = e.getMessage();
      } catch (IOException e) {
        SSLException refusal = CertificateTrouble.behind(e);
        if (refusal != null) {
          throw new CommandException(CertificateTrouble.explain(refusal));
        }
        trouble = source.servers().server() + ": " + e.getMessage();
      }
      pause(trouble);
    }
  }

  private void pause(String trouble) throws LostContactException, InterruptedException {
    if (Thread.interrupted()) {
      throw new InterruptedException("given up");
    }
    if (patience.isFirstTry()) {
      console.say(
          "lost the connection ("
              + trouble
              + "); the job goes on, trying to read on for "
              + TimeText.millis(patience.total().toMillis()));
    }
    source.servers().next();
    if (!patience.pause()) {
      throw new LostContactException(trouble, resumeCommand());
    }
  }

  /** One call; null when it ended without the final job. */
  private @Nullable Job read() throws IOException, StatusException, InterruptedException {
    OutputSource.Reading call = source.open(next());
    try {
      for (StreamJobResponse event = call.next(); event != null; event = call.next()) {
        switch (event.getEventCase()) {
          case CHUNK -> {
            if (!take(event.getChunk())) {
              return null;
            }
          }
          case GAP -> take(event.getGap());
          case HEARTBEAT -> patience.progress();
          case JOB -> {
            latest = event.getJob();
            endedBefore = JobText.hasEnded(event.getJob());
            output.job(event.getJob());
          }
          case FINAL_JOB -> {
            latest = event.getFinalJob();
            if (!isComplete(event.getFinalJob())) {
              return null;
            }
            output.end(event.getFinalJob());
            if (event.getFinalJob().hasOutputLoss()) {
              console.say(
                  "job "
                      + JobText.shortId(latest)
                      + ": "
                      + JobText.loss(event.getFinalJob().getOutputLoss()));
            }
            return event.getFinalJob();
          }
          case EVENT_NOT_SET -> {}
        }
      }
      return null;
    } finally {
      call.cancel();
    }
  }

  /** What was asked, from where we are. */
  private StreamJobRequest next() {
    if (stdout.next <= 0 && stderr.next <= 0) {
      return request;
    }
    // A stream that the server chose the start of, and of which nothing came yet, goes on where it
    // was when the call began: better than to send all of it.
    Job job = latest;
    long otherwiseOut = job == null ? 0 : job.getStdoutBytes();
    long otherwiseErr = job == null ? 0 : job.getStderrBytes();
    return request.toBuilder()
        .setFrom(
            StreamPosition.newBuilder()
                .setStdoutOffset(stdout.next < 0 ? otherwiseOut : stdout.next)
                .setStderrOffset(stderr.next < 0 ? otherwiseErr : stderr.next))
        .build();
  }

  /** False when bytes are missing before the chunk, which only a new call can bring. */
  private boolean take(OutputChunk chunk) {
    Offset offset = offset(chunk.getStream());
    ByteString data = chunk.getData();
    long known = offset.next < 0 ? chunk.getOffset() : offset.next;
    long end = chunk.getOffset() + data.size();
    if (chunk.getOffset() > known) {
      return false;
    }
    if (end > known) {
      int old = (int) (known - chunk.getOffset());
      output.chunk(
          old == 0
              ? chunk
              : chunk.toBuilder().setOffset(known).setData(data.substring(old)).build());
      patience.progress();
      offset.set(end);
    }
    return true;
  }

  private void take(OutputGap gap) {
    Offset offset = offset(gap.getStream());
    if (gap.getToOffset() > offset.next) {
      output.gap(gap);
      offset.set(gap.getToOffset());
      patience.progress();
    }
  }

  /**
   * Whether all bytes of the streams asked for came, as far as the first of them is known; who does
   * not follow gets those of the beginning of the call.
   */
  private boolean isComplete(Job job) {
    if (request.getNoFollow() && !endedBefore) {
      return true;
    }
    boolean noStdout = request.getStream() == OutputStream.OUTPUT_STREAM_STDERR;
    boolean noStderr = request.getStream() == OutputStream.OUTPUT_STREAM_STDOUT;
    return !JobText.hasEnded(job)
        || ((noStdout || stdout.next < 0 || stdout.next >= job.getStdoutBytes())
            && (noStderr || stderr.next < 0 || stderr.next >= job.getStderrBytes()));
  }

  private Offset offset(OutputStream stream) {
    return stream == OutputStream.OUTPUT_STREAM_STDERR ? stderr : stdout;
  }

  private static boolean isTemporary(StatusException error) {
    return switch (error.code()) {
      case UNAVAILABLE, ABORTED, CANCELLED, RESOURCE_EXHAUSTED, DEADLINE_EXCEEDED -> true;
      case OK,
          UNKNOWN,
          INVALID_ARGUMENT,
          NOT_FOUND,
          ALREADY_EXISTS,
          PERMISSION_DENIED,
          FAILED_PRECONDITION,
          OUT_OF_RANGE,
          UNIMPLEMENTED,
          INTERNAL,
          DATA_LOSS,
          UNAUTHENTICATED ->
          false;
    };
  }
}
