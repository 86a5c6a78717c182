package io.orrery.rpc;

import io.orrery.security.Identity;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * How to make one call.
 *
 * @param deadline for a unary call, the time until its answer, the connecting included, which the
 *     server is told too; for a stream, the time until the server's first sign (its headers)
 * @param onBehalfOf the client whose call is forwarded; a server believes it of a scheduler alone
 */
public record CallOptions(Duration deadline, @Nullable Identity onBehalfOf) {

  /** On our own behalf. */
  public static CallOptions within(Duration deadline) {
    return new CallOptions(deadline, null);
  }

  /** The same for somebody else. */
  public CallOptions onBehalfOf(Identity caller) {
    return new CallOptions(deadline, caller);
  }
}
