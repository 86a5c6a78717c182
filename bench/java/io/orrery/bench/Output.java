package io.orrery.bench;

import com.google.protobuf.ByteString;
import com.google.protobuf.CodedInputStream;
import com.google.protobuf.UnsafeByteOperations;
import io.netty.buffer.ByteBuf;
import io.orrery.v1.Job;
import io.orrery.v1.OutputChunk;
import io.orrery.v1.StreamJobResponse;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.internal.buffer.BufferInternal;
import java.io.IOException;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** What one reader of a job received: each byte of stdout once, in order, then the final job. */
final class Output {
  private final Consumer<Chunk> chunks;
  private long offset;
  private @Nullable Job finalJob;

  /** Bytes of stdout. */
  record Chunk(ByteString bytes) {}

  Output(Consumer<Chunk> chunks) {
    this.chunks = chunks;
  }

  void take(Buffer message) {
    StreamJobResponse response = decode(message);
    switch (response.getEventCase()) {
      case CHUNK -> take(response.getChunk());
      case GAP -> throw new IllegalStateException("bytes are missing: " + response.getGap());
      case FINAL_JOB -> finalJob = response.getFinalJob();
      case JOB, HEARTBEAT, EVENT_NOT_SET -> {}
    }
  }

  /** Without a copy: what the client gives out is the reader's own. */
  private static StreamJobResponse decode(Buffer message) {
    ByteBuf bytes = ((BufferInternal) message).getByteBuf();
    CodedInputStream in =
        UnsafeByteOperations.unsafeWrap(bytes.array())
            .substring(bytes.arrayOffset(), bytes.arrayOffset() + bytes.readableBytes())
            .newCodedInput();
    in.enableAliasing(true);
    try {
      return StreamJobResponse.parseFrom(in);
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  private void take(OutputChunk chunk) {
    if (chunk.getOffset() != offset) {
      throw new IllegalStateException(
          "bytes from " + chunk.getOffset() + " came where " + offset + " was next");
    }
    offset += chunk.getData().size();
    chunks.accept(new Chunk(chunk.getData()));
  }

  Job finalJob() {
    if (finalJob == null) {
      throw new IllegalStateException("the stream ended without the final job");
    }
    if (finalJob.getStdoutBytes() != offset) {
      throw new IllegalStateException(
          "the job wrote " + finalJob.getStdoutBytes() + " bytes, and " + offset + " came");
    }
    return finalJob;
  }
}
