package io.orrery.process;

import io.orrery.process.StreamSetup.WindowSize;
import java.util.concurrent.CompletableFuture;

/**
 * The live input of one job: a pipe, or its terminal. It holds no bytes of its own: what the kernel
 * does not take is not taken. Bytes are counted from the first, so that the same may be given twice
 * and are taken once. Thread-safe; for a job that has ended, or has no live input, it is CLOSED.
 */
public interface LiveInput {
  /**
   * Gives bytes, of which the first is the one at {@code offset}. Those that were taken before are
   * skipped. Does not wait for the job.
   *
   * @throws IllegalArgumentException if bytes before them are missing
   */
  InputState feed(long offset, byte[] bytes);

  /**
   * Gives the end: a pipe is closed, a terminal gets the character EOT (^D). OPEN means that there
   * was no room, and it should be given again.
   */
  InputState end();

  /** Completes when there is room, or it is not open any more; fails when the runner is closed. */
  CompletableFuture<InputState> whenRoom();

  /** Gives a terminal another size; nothing happens to a pipe. */
  void resize(WindowSize size);
}
