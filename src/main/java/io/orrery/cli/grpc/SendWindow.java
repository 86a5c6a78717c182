package io.orrery.cli.grpc;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** How many bytes the peer takes yet (RFC 9113, 5.2); who wants to send more waits. */
final class SendWindow {
  private long bytes;
  private @Nullable IOException end;

  SendWindow(int bytes) {
    this.bytes = bytes;
  }

  /** Waits until there is room and takes up to so many bytes of it, at least one. */
  synchronized int take(int most) throws IOException, InterruptedException {
    while (bytes <= 0 && end == null) {
      wait();
    }
    if (end != null) {
      throw end;
    }
    int taken = (int) Math.min(most, bytes);
    bytes -= taken;
    return taken;
  }

  /** More room; a change of the peer's settings may also take some away. */
  synchronized void add(long more) {
    bytes += more;
    notifyAll();
  }

  /** Nothing is sent any more. */
  synchronized void end(IOException cause) {
    end = cause;
    notifyAll();
  }
}
