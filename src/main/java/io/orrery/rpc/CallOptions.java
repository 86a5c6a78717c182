package io.orrery.rpc;

import io.orrery.security.Identity;
import io.vertx.core.Future;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * How to make one call.
 *
 * @param deadline for a unary call, the time until its answer, the connecting included, which the
 *     server is told too; for a stream, the time until the server's first sign (its headers)
 * @param onBehalfOf the client whose call is forwarded; a server believes it of a scheduler alone
 * @param unwanted when it completes before the answer (a stream's headers), the call fails with
 *     CANCELLED, and the server is told
 */
public record CallOptions(
    Duration deadline, @Nullable Identity onBehalfOf, @Nullable Future<?> unwanted) {

  /** On our own behalf. */
  public static CallOptions within(Duration deadline) {
    return new CallOptions(deadline, null, null);
  }

  /** The same within the time, if that is shorter. */
  public CallOptions atMost(Duration time) {
    return new CallOptions(time.compareTo(deadline) < 0 ? time : deadline, onBehalfOf, unwanted);
  }

  /** The same for somebody else. */
  public CallOptions onBehalfOf(Identity caller) {
    return new CallOptions(deadline, caller, unwanted);
  }

  /** The same, until nobody wants the answer any more. */
  public CallOptions until(Future<?> unwanted) {
    return new CallOptions(deadline, onBehalfOf, unwanted);
  }
}
