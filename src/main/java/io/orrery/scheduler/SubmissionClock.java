package io.orrery.scheduler;

import java.time.Instant;
import java.time.InstantSource;

/**
 * Gives each job a time of its own, so that the times are the order of submission, whatever the
 * wall clock does.
 */
final class SubmissionClock {
  private final InstantSource source;
  private long last;

  SubmissionClock(InstantSource source) {
    this.source = source;
  }

  /** The time by the wall clock. */
  Instant now() {
    return source.instant();
  }

  /** A time later than all before, to the microsecond. */
  Instant next() {
    last = Math.max(last + 1, JobRecords.sequence(source.instant()));
    return Instant.ofEpochSecond(last / 1_000_000, last % 1_000_000 * 1_000);
  }

  /** A job of before has this place in the order. */
  void isAfter(long sequence) {
    last = Math.max(last, sequence);
  }
}
