package io.orrery.rpc;

/**
 * Answers calls of one message with a stream. Called on the server's context, once a call, after
 * the request has come to its end. What it throws fails the stream.
 */
@FunctionalInterface
public interface StreamHandler<I> {
  void handle(Call call, I request, ReplyStream replies);
}
