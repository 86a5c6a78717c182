package io.orrery.store;

import java.time.Duration;

/**
 * How long and how much a store makes its callers wait.
 *
 * @param patience after which a call fails, whatever the store does
 * @param waiting the most calls that may wait; one more is refused at once
 * @param pageBytes after so many bytes a page of jobs ends early
 */
record StoreLimits(Duration patience, int waiting, int pageBytes) {
  static final StoreLimits STANDARD = new StoreLimits(Duration.ofSeconds(10), 100_000, 16 << 20);

  /** The longest that one statement may wait for a lock, a connection or an answer. */
  Duration once() {
    return patience.dividedBy(2);
  }
}
