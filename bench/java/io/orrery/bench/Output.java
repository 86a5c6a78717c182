package io.orrery.bench;

import com.google.protobuf.CodedInputStream;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufInputStream;
import io.netty.buffer.Unpooled;
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
  // Tags: the number of the field and its wire type, which is 2 where it has a length.
  private static final int CHUNK = StreamJobResponse.CHUNK_FIELD_NUMBER << 3 | 2;
  private static final int OFFSET = OutputChunk.OFFSET_FIELD_NUMBER << 3;
  private static final int DATA = OutputChunk.DATA_FIELD_NUMBER << 3 | 2;

  /** More than what stands before a chunk's data. */
  private static final int HEAD_BYTES = 64;

  private final Consumer<Chunk> chunks;
  private long offset;
  private @Nullable Job finalJob;

  /** Bytes of stdout. */
  record Chunk(ByteBuf bytes) {}

  Output(Consumer<Chunk> chunks) {
    this.chunks = chunks;
  }

  void take(Buffer message) {
    ByteBuf bytes = ((BufferInternal) message).getByteBuf();
    try {
      CodedInputStream in =
          CodedInputStream.newInstance(new ByteBufInputStream(bytes.duplicate()), HEAD_BYTES);
      if (in.readTag() == CHUNK) {
        in.readUInt32(); // its length; nothing comes behind it
        takeChunk(in, bytes);
      } else {
        take(StreamJobResponse.parseFrom(message.getBytes()));
      }
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Without a copy, as the message lies there in the pieces that it came in. */
  private void takeChunk(CodedInputStream in, ByteBuf bytes) throws IOException {
    long place = 0;
    ByteBuf data = Unpooled.EMPTY_BUFFER;
    for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
      switch (tag) {
        case OFFSET -> place = in.readInt64();
        case DATA -> {
          int length = in.readUInt32();
          data = bytes.slice(in.getTotalBytesRead(), length);
          in.skipRawBytes(length);
        }
        default -> in.skipField(tag);
      }
    }
    if (place != offset) {
      throw new IllegalStateException("bytes from " + place + " came where " + offset + " was next");
    }
    offset += data.readableBytes();
    chunks.accept(new Chunk(data));
  }

  private void take(StreamJobResponse response) {
    switch (response.getEventCase()) {
      case CHUNK -> throw new IllegalStateException("a chunk is not the first field");
      case GAP -> throw new IllegalStateException("bytes are missing: " + response.getGap());
      case FINAL_JOB -> finalJob = response.getFinalJob();
      case JOB, HEARTBEAT, EVENT_NOT_SET -> {}
    }
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
