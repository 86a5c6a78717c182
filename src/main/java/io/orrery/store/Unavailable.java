package io.orrery.store;

import io.orrery.job.ApiException;
import io.orrery.job.Reason;
import java.util.Map;

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

  /** Another scheduler has taken the store, for good; the metadata has the word "taken". */
  static ApiException taken() {
    return new ApiException(
        Reason.STORE_UNAVAILABLE,
        "another scheduler has taken the store of this one, which takes no jobs any more; use the"
            + " other one, and stop this one",
        Map.of("taken", "true"));
  }
}
