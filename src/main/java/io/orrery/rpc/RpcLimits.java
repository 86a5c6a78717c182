package io.orrery.rpc;

import java.time.Duration;

/**
 * What a server puts up with.
 *
 * @param maxMessageBytes the largest request message; a larger one is RESOURCE_EXHAUSTED
 * @param unaryDeadline the longest that a unary call may take, whatever the client says
 * @param bodyDeadline how long after its headers a request must have come to its end
 */
public record RpcLimits(int maxMessageBytes, Duration unaryDeadline, Duration bodyDeadline) {
  /** 4 MiB, 60 seconds, 10 seconds. */
  public static final RpcLimits DEFAULT =
      new RpcLimits(4 << 20, Duration.ofSeconds(60), Duration.ofSeconds(10));
}
