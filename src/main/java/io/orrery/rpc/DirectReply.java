package io.orrery.rpc;

import com.google.protobuf.Message;
import io.orrery.job.ApiException;
import io.vertx.core.buffer.Buffer;

/**
 * Where the answer to a {@link DirectCall} goes: either one message, or a stream of them and its
 * end, or at any point the failure. Called on the server's context, and not after the last word.
 */
public interface DirectReply {
  /** The answer of a method of one answer; the last word. */
  void answer(Message message);

  /**
   * One encoded message of a stream.
   *
   * @return false when nothing more should come before the drain handler is run
   */
  boolean write(Buffer encodedMessage);

  /** What to run when there is room again. */
  void drainHandler(Runnable handler);

  /** The stream has ended in order; the last word. */
  void end();

  /** The call failed, maybe in the middle of its stream; the last word. */
  void fail(ApiException failure);
}
