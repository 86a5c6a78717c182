package io.orrery.output;

import io.orrery.job.StandardStream;
import java.time.Duration;
import java.time.Instant;

/** A stretch of a stream that is read and sent as one, and when the worker saw it. */
record Piece(StandardStream stream, long from, long to, Instant time) {
  /** The largest piece. Pieces end at multiples of it, so that readers of one place share them. */
  static final int LARGEST = 256 * 1024;

  /** What the worker saw within this time may be one piece with the time of its first byte. */
  static final Duration MERGED = Duration.ofMillis(100);

  int length() {
    return (int) (to - from);
  }

  /** Whether it is as large as can be, and so the same for everybody who reads this place. */
  boolean isWhole() {
    return from % LARGEST == 0 && length() == LARGEST;
  }

  /** The place where a piece that contains {@code place} ends at the latest. */
  static long boundaryAfter(long place) {
    return place - place % LARGEST + LARGEST;
  }

  /** Whether the next one may be the same piece. */
  boolean mergesWith(Piece next) {
    return stream == next.stream
        && to == next.from
        && to % LARGEST != 0
        && next.time.isBefore(time.plus(MERGED));
  }

  /** This piece and the next one. */
  Piece merged(Piece next) {
    return new Piece(stream, from, next.to, time);
  }
}
