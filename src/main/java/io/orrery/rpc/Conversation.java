package io.orrery.rpc;

import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClientRequest;

/**
 * The client's side of a call in which messages go both ways, for the context of the call. It ends
 * with the replies; what is written later is dropped.
 */
public final class Conversation {
  private final HttpClientRequest request;
  private final ReplySource replies;
  private boolean ended;

  Conversation(HttpClientRequest request, ReplySource replies) {
    this.request = request;
    this.replies = replies;
    // After a failure the request is reset already, or its connection gone.
    replies.end().onComplete(_ -> endRequest(), _ -> ended = true);
  }

  /** The server's half. */
  public ReplySource replies() {
    return replies;
  }

  /**
   * Sends one encoded message.
   *
   * @return false when the server is behind and nothing more should be sent before {@link
   *     #drainHandler}
   */
  public boolean write(Buffer encodedMessage) {
    if (ended) {
      return true;
    }
    var unused = request.write(MessageFrames.frame(encodedMessage.getBytes()));
    return !request.writeQueueFull();
  }

  /** What to run when the server has caught up after a {@link #write} that returned false. */
  public void drainHandler(Runnable handler) {
    request.drainHandler(_ -> handler.run());
  }

  /** Sends no more; the replies go on. */
  public void endRequest() {
    if (!ended) {
      ended = true;
      var unused = request.end();
    }
  }
}
