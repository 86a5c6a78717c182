package io.orrery.rpc;

import io.vertx.core.Future;

/**
 * Answers calls of one message with one message. Called on the server's context, once a call, after
 * the request has come to its end. What it throws or fails with becomes the status: an {@link
 * io.orrery.job.ApiException} as it is, anything else an internal error with an incident number.
 */
@FunctionalInterface
public interface UnaryHandler<I, O> {
  Future<O> handle(Call call, I request);
}
