package io.orrery.bus;

import io.orrery.job.JobId;
import io.orrery.job.StandardStream;
import io.vertx.core.buffer.Buffer;
import java.time.Instant;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Bytes that a job wrote, their place in the stream, and when the worker saw them. Shared by all
 * readers, on whatever thread: nobody may change the bytes.
 */
public final class OutputChunk implements OutputEvent {
  private final JobId job;
  private final StandardStream stream;
  private final long offset;
  private final Instant time;
  private final Buffer bytes;

  /** Set once or, by two threads at a time, twice with equal content. */
  private volatile @Nullable Buffer encoded;

  public OutputChunk(JobId job, StandardStream stream, long offset, Instant time, Buffer bytes) {
    this.job = job;
    this.stream = stream;
    this.offset = offset;
    this.time = time;
    this.bytes = bytes;
  }

  @Override
  public JobId job() {
    return job;
  }

  public StandardStream stream() {
    return stream;
  }

  /** The place of the first byte; 0 is the first that the job wrote. */
  public long offset() {
    return offset;
  }

  /** The place after the last byte. */
  public long end() {
    return offset + bytes.length();
  }

  public Instant time() {
    return time;
  }

  public Buffer bytes() {
    return bytes;
  }

  /**
   * The chunk as it goes over the wire, made by the first reader for all: every caller must give
   * the same encoder.
   */
  public Buffer encoded(Function<OutputChunk, Buffer> encoder) {
    Buffer made = encoded;
    if (made == null) {
      made = encoder.apply(this);
      encoded = made;
    }
    return made;
  }

  /** What is left of it from a place within it. */
  public OutputChunk from(long place) {
    return place == offset
        ? this
        : new OutputChunk(
            job, stream, place, time, bytes.slice((int) (place - offset), bytes.length()));
  }

  @Override
  public String toString() {
    return "%s %s[%d, %d) %s".formatted(job, stream, offset, end(), time);
  }
}
