package io.orrery.scheduler;

import io.orrery.rpc.ReplySource;
import io.orrery.rpc.ReplyStream;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import org.jspecify.annotations.Nullable;

/** Passes a worker's stream on, message by message as it is encoded, at the reader's pace. */
final class Passage {
  private final ReplySource source;
  private final ReplyStream replies;
  private final Instead instead;
  private Future<Void> told = Future.succeededFuture();

  /** What to say in the place of a message, null for the message itself. */
  interface Instead {
    @Nullable Future<Buffer> of(Buffer message);
  }

  private Passage(ReplySource source, ReplyStream replies, Instead instead) {
    this.source = source;
    this.replies = replies;
    this.instead = instead;
  }

  /** Until one of the two ends, which ends the other. */
  static void begin(ReplySource source, ReplyStream replies, Instead instead) {
    new Passage(source, replies, instead).begin();
  }

  private void begin() {
    replies.onEnd(source::cancel);
    source.handler(this::pass);
    source
        .end()
        .onSuccess(_ -> told.onSuccess(_ -> replies.end()).onFailure(replies::fail))
        .onFailure(replies::fail);
    source.resume();
  }

  private void pass(Buffer message) {
    Future<Buffer> ours = instead.of(message);
    if (ours != null) {
      source.pause();
      told = ours.map(this::tell);
      told.onFailure(replies::fail);
    } else if (!replies.write(message)) {
      source.pause();
      replies.drainHandler(source::resume);
    }
  }

  private @Nullable Void tell(Buffer ours) {
    if (replies.write(ours)) {
      source.resume();
    } else {
      replies.drainHandler(source::resume);
    }
    return null;
  }
}
