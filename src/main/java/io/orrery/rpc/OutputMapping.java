package io.orrery.rpc;

import com.google.protobuf.UnsafeByteOperations;
import io.orrery.job.Job;
import io.orrery.job.StandardStream;
import io.orrery.v1.GapReason;
import io.orrery.v1.OutputChunk;
import io.orrery.v1.OutputGap;
import io.orrery.v1.OutputStream;
import io.orrery.v1.StreamHeartbeat;
import io.orrery.v1.StreamJobResponse;
import io.vertx.core.buffer.Buffer;
import java.nio.ByteBuffer;
import java.time.Instant;

/**
 * Encoded messages of StreamJob, for {@link ReplyStream#write}: encoded once, a chunk can go to any
 * number of readers.
 */
public final class OutputMapping {
  private OutputMapping() {}

  /** Bytes that a job wrote, from the buffer's position to its limit; they are copied once. */
  public static Buffer chunk(StandardStream stream, long offset, Instant time, ByteBuffer bytes) {
    return encode(
        StreamJobResponse.newBuilder()
            .setChunk(
                OutputChunk.newBuilder()
                    .setStream(toProto(stream))
                    .setOffset(offset)
                    .setTime(Times.timestamp(time))
                    .setData(UnsafeByteOperations.unsafeWrap(bytes))));
  }

  /** Bytes that nobody has any more, from one offset up to another. */
  public static Buffer gap(StandardStream stream, long from, long to, GapReason reason) {
    return encode(
        StreamJobResponse.newBuilder()
            .setGap(
                OutputGap.newBuilder()
                    .setStream(toProto(stream))
                    .setFromOffset(from)
                    .setToOffset(to)
                    .setReason(reason)));
  }

  /** The stream is alive. */
  public static Buffer heartbeat(Instant time) {
    return encode(
        StreamJobResponse.newBuilder()
            .setHeartbeat(StreamHeartbeat.newBuilder().setTime(Times.timestamp(time))));
  }

  /** The job as it is now. */
  public static Buffer job(Job job) {
    return encode(StreamJobResponse.newBuilder().setJob(JobMapping.toProto(job)));
  }

  /** The last message of a stream. */
  public static Buffer finalJob(Job job) {
    return encode(StreamJobResponse.newBuilder().setFinalJob(JobMapping.toProto(job)));
  }

  /** The stream's number on the wire. */
  public static OutputStream toProto(StandardStream stream) {
    return switch (stream) {
      case STDOUT -> OutputStream.OUTPUT_STREAM_STDOUT;
      case STDERR -> OutputStream.OUTPUT_STREAM_STDERR;
    };
  }

  private static Buffer encode(StreamJobResponse.Builder message) {
    return Buffer.buffer(message.build().toByteArray());
  }
}
