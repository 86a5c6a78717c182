package io.orrery.rpc;

import io.orrery.job.ApiException;
import io.orrery.job.Reason;
import io.orrery.security.Identity;
import java.util.HashMap;
import java.util.Map;

/** How many streams each caller has open at a server; it belongs to the server's context. */
final class StreamQuota {
  private final int most;
  private final Map<Identity, Integer> open = new HashMap<>();

  StreamQuota(int most) {
    this.most = most;
  }

  /**
   * One more of the caller.
   *
   * @throws ApiException TOO_MANY_STREAMS when the caller has as many as one may have
   */
  void enter(Identity caller) {
    int before = open.getOrDefault(caller, 0);
    if (before >= most) {
      throw new ApiException(
          Reason.TOO_MANY_STREAMS,
          caller.uri() + " has " + most + " streams open here, the most that one caller may have",
          Map.of("caller", caller.uri(), "limit", Integer.toString(most)));
    }
    open.put(caller, before + 1);
  }

  /** One less. */
  void leave(Identity caller) {
    open.computeIfPresent(caller, (_, count) -> count == 1 ? null : count - 1);
  }
}
