package io.orrery.scheduler;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.WireFormat;
import io.orrery.job.ApiException;
import io.orrery.job.Reason;
import io.orrery.v1.Job;
import io.orrery.v1.StreamJobResponse;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import org.jspecify.annotations.Nullable;

/**
 * What is said of a job that the scheduler has given up, in the stream from its worker: what it
 * printed is the worker's to tell, and how it ended the scheduler's.
 */
final class GivenUpJob implements Passage.Instead {
  private static final int JOB = tag(StreamJobResponse.JOB_FIELD_NUMBER);
  private static final int FINAL_JOB = tag(StreamJobResponse.FINAL_JOB_FIELD_NUMBER);

  private final KnownJobs known;
  private final JobIndex.Entry entry;

  GivenUpJob(KnownJobs known, JobIndex.Entry entry) {
    this.known = known;
    this.entry = entry;
  }

  /** The first byte of a message that has this field alone. */
  private static int tag(int field) {
    return field << 3 | WireFormat.WIRETYPE_LENGTH_DELIMITED;
  }

  @Override
  public @Nullable Future<Buffer> of(Buffer message) {
    int first = message.length() == 0 ? 0 : message.getByte(0);
    return (first == JOB || first == FINAL_JOB) && known.isGivenUp(entry.id())
        ? known.job(entry.id()).map(job -> Buffer.buffer(ours(job, message).toByteArray()))
        : null;
  }

  private static StreamJobResponse ours(Job job, Buffer message) {
    StreamJobResponse told = parse(message);
    return told.hasFinalJob()
        ? told.toBuilder().setFinalJob(withTotals(job, told.getFinalJob())).build()
        : told.toBuilder().setJob(withTotals(job, told.getJob())).build();
  }

  private static StreamJobResponse parse(Buffer message) {
    try {
      return StreamJobResponse.parseFrom(message.getBytes());
    } catch (InvalidProtocolBufferException e) {
      throw new ApiException(
          Reason.MALFORMED_MESSAGE, "what the worker says of the job makes no sense");
    }
  }

  /** Those that fit the bytes which the reader has got. */
  private static Job withTotals(Job job, Job atWorker) {
    return job.toBuilder()
        .setStdoutBytes(atWorker.getStdoutBytes())
        .setStderrBytes(atWorker.getStderrBytes())
        .build();
  }
}
