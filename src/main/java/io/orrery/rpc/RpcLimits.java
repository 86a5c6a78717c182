package io.orrery.rpc;

import java.time.Duration;

/**
 * What a server puts up with.
 *
 * @param maxMessageBytes the largest request message; a larger one is RESOURCE_EXHAUSTED
 * @param unaryDeadline the longest that a unary call may take, whatever the client says
 * @param bodyDeadline how long after its headers a request must have come to its end
 * @param streamsPerCaller how many streams one caller may have open; one more is RESOURCE_EXHAUSTED
 * @param idle how long a connection of HTTP/1.1 may be without a request
 */
public record RpcLimits(
    int maxMessageBytes,
    Duration unaryDeadline,
    Duration bodyDeadline,
    int streamsPerCaller,
    Duration idle) {
  /** 4 MiB, 60 seconds, 10 seconds, 1024 streams, 60 seconds. */
  public static final RpcLimits DEFAULT =
      new RpcLimits(
          4 << 20, Duration.ofSeconds(60), Duration.ofSeconds(10), 1024, Duration.ofSeconds(60));
}
