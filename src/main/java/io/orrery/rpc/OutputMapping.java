package io.orrery.rpc;

import com.google.protobuf.CodedOutputStream;
import com.google.protobuf.WireFormat;
import io.netty.buffer.Unpooled;
import io.orrery.job.Job;
import io.orrery.job.StandardStream;
import io.orrery.v1.GapReason;
import io.orrery.v1.OutputChunk;
import io.orrery.v1.OutputGap;
import io.orrery.v1.OutputStream;
import io.orrery.v1.StreamHeartbeat;
import io.orrery.v1.StreamJobResponse;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.internal.buffer.BufferInternal;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Instant;

/**
 * Encoded messages of StreamJob, for {@link ReplyStream#write}: encoded once, a chunk can go to any
 * number of readers.
 */
public final class OutputMapping {
  private OutputMapping() {}

  /** Bytes that a job wrote, without a copy: nobody may change them any more. */
  public static Buffer chunk(StandardStream stream, long offset, Instant time, Buffer bytes) {
    OutputChunk head =
        OutputChunk.newBuilder()
            .setStream(toProto(stream))
            .setOffset(offset)
            .setTime(Times.timestamp(time))
            .build();
    int length = head.getSerializedSize() + lengthOf(OutputChunk.DATA_FIELD_NUMBER, bytes.length());
    byte[] front =
        new byte[lengthOf(StreamJobResponse.CHUNK_FIELD_NUMBER, length) - bytes.length()];
    CodedOutputStream out = CodedOutputStream.newInstance(front);
    try {
      begin(out, StreamJobResponse.CHUNK_FIELD_NUMBER, length);
      head.writeTo(out);
      begin(out, OutputChunk.DATA_FIELD_NUMBER, bytes.length());
      out.checkNoSpaceLeft();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return BufferInternal.buffer(
        Unpooled.wrappedBuffer(
            Unpooled.wrappedBuffer(front), ((BufferInternal) bytes).getByteBuf()));
  }

  /** How long a field of bytes is, with its tag and its length. */
  private static int lengthOf(int field, int length) {
    return CodedOutputStream.computeTagSize(field)
        + CodedOutputStream.computeUInt32SizeNoTag(length)
        + length;
  }

  private static void begin(CodedOutputStream out, int field, int length) throws IOException {
    out.writeTag(field, WireFormat.WIRETYPE_LENGTH_DELIMITED);
    out.writeUInt32NoTag(length);
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
