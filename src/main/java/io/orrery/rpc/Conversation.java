package io.orrery.rpc;

import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClientRequest;

/**
 * The client's side of a call in which messages go both ways, for the context of the call. What is
 * written after its end is lost; {@link ReplySource#end} of the replies tells of that.
 *
 * @param replies the server's half
 */
public record Conversation(HttpClientRequest request, ReplySource replies) {

  /**
   * Sends one encoded message.
   *
   * @return false when the server is behind and nothing more should be sent before {@link
   *     #drainHandler}
   */
  public boolean write(Buffer encodedMessage) {
    if (!replies.end().isComplete()) {
      var unused = request.write(MessageFrames.frame(encodedMessage.getBytes()));
    }
    return !request.writeQueueFull();
  }

  /** What to run when the server has caught up after a {@link #write} that returned false. */
  public void drainHandler(Runnable handler) {
    request.drainHandler(_ -> handler.run());
  }

  /** Sends no more; the replies go on. */
  public void endRequest() {
    if (!replies.end().isComplete()) {
      var unused = request.end();
    }
  }
}
