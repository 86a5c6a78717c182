package io.orrery.output;

import io.orrery.job.Job.StreamBytes;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.function.BooleanSupplier;

/** What was read for a reader and waits for it to have room. For the follower's context. */
final class Outlet {
  private static final int LEAST_APPETITE = 64 * 1024;
  private static final int MOST_APPETITE = 1024 * 1024;

  /** Who is full for longer takes little; for less, others had their turn. */
  private static final long SLOW_NANOS = 50_000_000;

  private final Sink sink;
  private final BooleanSupplier closed;
  private final Deque<Passage> waiting = new ArrayDeque<>();
  private StreamBytes delivered = StreamBytes.NONE;
  private long weight;
  private int appetite = LEAST_APPETITE;
  private long fullSince;
  private boolean full;
  private boolean quiet = true;

  /** Gives the sink nothing once {@code closed} says so, which any thread may make it say. */
  Outlet(Sink sink, BooleanSupplier closed) {
    this.sink = sink;
    this.closed = closed;
  }

  /** Begins at these places, with nothing waiting. */
  void begin(StreamBytes offsets) {
    delivered = offsets;
  }

  void add(Passage passage) {
    waiting.add(passage);
    weight += passage.weight();
  }

  /** Adds what was read; whoever takes it all may have twice as much the next time. */
  void addAll(List<Passage> passages) {
    passages.forEach(this::add);
    if (weight >= appetite) {
      appetite = Math.min(MOST_APPETITE, 2 * appetite);
    }
  }

  /** Gives the sink what waits, until it is full. */
  void deliver() {
    while (!full && !waiting.isEmpty() && !closed.getAsBoolean()) {
      Passage passage = waiting.removeFirst();
      weight -= passage.weight();
      delivered = delivered.with(passage.stream(), passage.end());
      quiet = false;
      switch (passage) {
        case Passage.Missing(OutputGap gap) -> sink.gap(gap);
        case Passage.Bytes bytes -> {
          if (!sink.write(bytes.chunk())) {
            full = true;
            fullSince = System.nanoTime();
          }
        }
      }
    }
  }

  /** Up to where the sink has everything. */
  StreamBytes delivered() {
    return delivered;
  }

  boolean isEmpty() {
    return waiting.isEmpty();
  }

  /** Whether it is worth reading on: what waits may be one batch, and one more come. */
  boolean hasRoom() {
    return !full && weight <= Math.max(appetite, Piece.LARGEST);
  }

  /** How many bytes are worth reading at once for a reader as fast as this one. */
  int appetite() {
    return appetite;
  }

  boolean isFull() {
    return full;
  }

  /** Whether what comes by itself may wait here: little enough for one message does. */
  boolean takesMore() {
    return weight < LEAST_APPETITE;
  }

  /** How long the sink has been full; 0 when it is not. */
  long fullNanos() {
    return full ? System.nanoTime() - fullSince : 0;
  }

  void drained() {
    if (fullNanos() > SLOW_NANOS) {
      appetite = LEAST_APPETITE;
    }
    full = false;
  }

  /** Forgets what waits: it is read again when there is room. */
  void clear() {
    waiting.clear();
    weight = 0;
  }

  /** Whether the sink was given nothing since this was asked last. */
  boolean wasQuiet() {
    boolean was = quiet;
    quiet = true;
    return was;
  }
}
