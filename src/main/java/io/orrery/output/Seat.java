package io.orrery.output;

import io.orrery.job.Job.StreamBytes;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A reader's place among those who take a job's output from the bus: how far it has come, so that
 * no more is published than they can take. Shared by the reader's thread and the tail's.
 */
final class Seat {
  /** Up to where all was published, and the totals if the job has ended. */
  record Edge(StreamBytes published, @Nullable StreamBytes totals) {}

  private final Consumer<Edge> told;
  private volatile StreamBytes start = StreamBytes.NONE;
  private volatile StreamBytes taken = StreamBytes.NONE;
  private volatile @Nullable Runnable awaited;

  /** Is told, on any thread, where the edge was when it was asked for. */
  Seat(Consumer<Edge> told) {
    this.told = told;
  }

  void tell(Edge edge) {
    told.accept(edge);
  }

  /** What was published up to here was not for this reader; the tail's thread alone says so. */
  void begin(StreamBytes published) {
    start = published;
  }

  /** The bytes up to here are off the bus; the reader's thread alone says so. */
  void take(StreamBytes upTo) {
    taken = taken.max(upTo);
    Runnable waiting = awaited;
    if (waiting != null) {
      awaited = null;
      waiting.run();
    }
  }

  /** How much of what was published is not off the bus. */
  long untaken(StreamBytes published) {
    StreamBytes off = taken.max(start);
    return Math.max(0, published.stdout() - off.stdout())
        + Math.max(0, published.stderr() - off.stderr());
  }

  /** Asks to run this, once, when the reader takes something next. */
  void await(Runnable next) {
    awaited = next;
  }
}
