package io.orrery.rpc;

import io.vertx.core.Future;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * What one stream has under way: given to the connection, and not sent by it. It tells the writer
 * when to pause, so that no stream holds much memory and each has its turn. For the context of the
 * connection.
 */
final class Outbox {
  /** Two large messages, one of which waits while the other is sent, or many small ones. */
  static final int ROOM_BYTES = 512 * 1024;

  private final WriteTurns turns;
  private final BooleanSupplier full;
  private @Nullable Runnable drained;
  private long underWay;

  /** The writer was told to pause, and not yet to go on. */
  private boolean paused;

  /** It has a place among those who wait for their turn. */
  private boolean queued;

  private boolean closed;

  /** Also pauses while {@code full} says so. */
  Outbox(WriteTurns turns, BooleanSupplier full) {
    this.turns = turns;
    this.full = full;
  }

  /** What to run after a pause, never from within {@link #add}. */
  void drainHandler(Runnable handler) {
    drained = handler;
  }

  /** Takes note of a message, and says whether the next may come at once. */
  boolean add(int length, Future<Void> sent) {
    underWay += length;
    sent.onComplete(
        _ -> {
          underWay -= length;
          check();
        });
    if (hasRoom() && turns.isFree()) {
      return true;
    }
    paused = true;
    check();
    return false;
  }

  /** The stream has ended, and nobody waits for room. */
  void close() {
    closed = true;
  }

  private boolean hasRoom() {
    return !closed && underWay < ROOM_BYTES && !full.getAsBoolean();
  }

  /** What may have ended a pause has happened. */
  void check() {
    if (paused && !queued && hasRoom()) {
      queued = true;
      turns.await(this::turn);
    }
  }

  private void turn() {
    queued = false;
    if (!hasRoom()) {
      return; // it is queued again when it has
    }
    paused = false;
    if (drained != null) {
      drained.run();
    }
  }
}
