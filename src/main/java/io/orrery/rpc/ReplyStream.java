package io.orrery.rpc;

import io.vertx.core.buffer.Buffer;

/**
 * The server's half of a stream, to be used on the context that it was handed out on. It ends
 * exactly once; after its end every method is harmless.
 */
public interface ReplyStream {
  /**
   * Sends one encoded protobuf message.
   *
   * @return false when the reader is behind and nothing more should be sent before {@link
   *     #drainHandler}, or when the stream has ended
   */
  boolean write(Buffer encodedMessage);

  /** What to run when the reader has caught up after a {@link #write} that returned false. */
  void drainHandler(Runnable handler);

  /**
   * What to run, once, when the stream is over, whatever ended it: we, the client, a reset, a lost
   * connection, the deadline, a shutdown. Several may be given; one that comes too late runs now.
   */
  void onEnd(Runnable handler);

  /** Whether it is over. */
  boolean ended();

  /** Ends it with status OK. */
  void end();

  /** Ends it with the status of the failure, as {@link UnaryHandler} says. */
  void fail(Throwable failure);
}
