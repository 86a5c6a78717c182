package io.orrery.rpc;

import io.vertx.core.buffer.Buffer;

/** Takes messages of StreamJob and sends them as AttachJob has them. */
public record AttachReplies(ReplyStream replies) implements ReplyStream {

  @Override
  public boolean write(Buffer encodedMessage) {
    return replies.write(AttachMapping.output(encodedMessage));
  }

  @Override
  public void drainHandler(Runnable handler) {
    replies.drainHandler(handler);
  }

  @Override
  public void onEnd(Runnable handler) {
    replies.onEnd(handler);
  }

  @Override
  public boolean ended() {
    return replies.ended();
  }

  @Override
  public void end() {
    replies.end();
  }

  @Override
  public void fail(Throwable failure) {
    replies.fail(failure);
  }
}
