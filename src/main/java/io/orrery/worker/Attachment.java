package io.orrery.worker;

import io.orrery.job.ApiException;
import io.orrery.job.Reason;
import io.orrery.rpc.AttachMapping;
import io.orrery.rpc.ReplyStream;
import io.orrery.rpc.RequestStream;
import io.orrery.v1.AttachJobRequest;
import io.orrery.v1.AttachStart;
import io.orrery.v1.StdinCloseReason;
import java.util.Map;

/** One client that is attached to a job: which bytes of input it sends next, and may send. */
final class Attachment {
  /** How far a client may be ahead of what has arrived, as AttachJobResponse says. */
  static final long WINDOW = 256 << 10;

  private final AttachStart start;
  private final RequestStream<AttachJobRequest> requests;
  private final ReplyStream replies;
  private boolean begun;
  private boolean closed;
  private long next;
  private long arrived;

  Attachment(AttachStart start, RequestStream<AttachJobRequest> requests, ReplyStream replies) {
    this.start = start;
    this.requests = requests;
    this.replies = replies;
  }

  /** Whether it is settled where its bytes go on. */
  boolean hasBegun() {
    return begun;
  }

  /** Whether its bytes go nowhere. */
  boolean isClosed() {
    return closed;
  }

  /** So many bytes have arrived before it. From now on it is read. */
  void begin(long offset) {
    begun = true;
    next = start.hasStdinOffset() ? start.getStdinOffset() : offset;
    arrived = offset;
    if (next > offset) {
      replies.fail(
          new ApiException(
              Reason.OFFSET_PAST_END,
              "only " + offset + " bytes of standard input have arrived; go on from there",
              Map.of("stdin_bytes", Long.toString(offset))));
      return;
    }
    replies.write(AttachMapping.stdinOffset(offset));
    requests.resume();
  }

  /** So many have arrived now. */
  void arrived(long offset) {
    if (offset > arrived && !closed) {
      arrived = offset;
      replies.write(AttachMapping.stdinOffset(offset));
    }
  }

  /** What it sends is dropped from now on. */
  void close(StdinCloseReason reason) {
    if (!closed) {
      closed = true;
      replies.write(AttachMapping.stdinClosed(reason));
      requests.resume();
    }
  }

  /**
   * It has sent so many bytes; answers with the place of the first.
   *
   * @throws ApiException when it may not send them yet
   */
  long sent(int bytes) {
    long first = next;
    next += bytes;
    if (next > arrived + WINDOW) {
      throw new ApiException(
          Reason.STDIN_OVERRUN,
          "only "
              + arrived
              + " bytes of standard input have arrived, and "
              + next
              + " were sent; send at most "
              + WINDOW
              + " bytes beyond the last stdin_offset",
          Map.of("stdin_bytes", Long.toString(arrived), "window", Long.toString(WINDOW)));
    }
    return first;
  }

  void fail(Throwable failure) {
    replies.fail(failure);
  }
}
