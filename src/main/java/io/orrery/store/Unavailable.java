package io.orrery.store;

import io.orrery.job.ApiException;
import io.orrery.job.Reason;

/** Makes the one failure that callers see of a store in trouble. */
final class Unavailable {
  private Unavailable() {}

  /** The phrase completes "the scheduler's store …"; it has no paths, addresses or secrets. */
  static ApiException because(String phrase) {
    return new ApiException(
        Reason.STORE_UNAVAILABLE,
        "the scheduler's store "
            + phrase
            + "; what was asked may have been done or not, so repeat it with the same ids a little"
            + " later");
  }
}
