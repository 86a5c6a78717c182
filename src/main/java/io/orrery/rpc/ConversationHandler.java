package io.orrery.rpc;

import com.google.protobuf.Message;

/**
 * Answers calls in which messages go both ways. Called on the server's context, once a call, with
 * the first message. What it throws, then or in the handlers of the request, fails the call.
 */
@FunctionalInterface
public interface ConversationHandler<I extends Message> {
  void handle(Call call, I first, RequestStream<I> more, ReplyStream replies);
}
