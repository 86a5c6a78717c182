package io.orrery.cli.grpc;

/** Tells the peer that it may send more, in few and large steps (RFC 9113, 5.2). */
final class ReceiveWindow {
  /** The size of every window of ours: what one stream, and all together, may hold unread. */
  static final int SIZE = 4 << 20;

  private int free;

  /** So many bytes were read; returns the increment to send, or 0 when it is too early. */
  synchronized int free(int bytes) {
    free += bytes;
    if (free < SIZE / 2) {
      return 0;
    }
    int increment = free;
    free = 0;
    return increment;
  }
}
