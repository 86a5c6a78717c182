package io.orrery.output;

import io.orrery.job.Job.StreamBytes;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.Instant;

/** How large the streams were at a moment. */
record TimelineRecord(Instant time, StreamBytes sizes) {
  /** Its bytes in the file: three big-endian 64-bit numbers, the time in nanoseconds since 1970. */
  static final int BYTES = 3 * Long.BYTES;

  private static final long NANOS = 1_000_000_000;

  static TimelineRecord read(ByteBuffer buffer, int position) {
    long nanos = buffer.getLong(position);
    return new TimelineRecord(
        Instant.ofEpochSecond(Math.floorDiv(nanos, NANOS), Math.floorMod(nanos, NANOS)),
        new StreamBytes(
            buffer.getLong(position + Long.BYTES), buffer.getLong(position + 2 * Long.BYTES)));
  }

  ByteBuffer encoded() {
    return ByteBuffer.allocate(BYTES)
        .putLong(time.getEpochSecond() * NANOS + time.getNano())
        .putLong(sizes.stdout())
        .putLong(sizes.stderr())
        .flip();
  }

  Duration since(TimelineRecord earlier) {
    return Duration.between(earlier.time, time);
  }
}
