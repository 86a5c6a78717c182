package io.orrery.bench;

import io.netty.buffer.ByteBuf;

/** Reads the lines of stamp.c, and notes how old each is when it comes. */
final class LineLag {
  private final Samples samples;
  private long stamp;

  LineLag(Samples samples) {
    this.samples = samples;
  }

  void take(ByteBuf bytes) {
    long now = System.nanoTime(); // CLOCK_MONOTONIC on Linux, as in stamp.c
    for (int i = 0; i < bytes.readableBytes(); i++) {
      byte next = bytes.getByte(bytes.readerIndex() + i);
      if (next == '\n') {
        samples.addMicros(now - stamp);
        stamp = 0;
      } else {
        stamp = 10 * stamp + (next - '0');
      }
    }
  }
}
