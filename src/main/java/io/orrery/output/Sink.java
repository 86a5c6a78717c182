package io.orrery.output;

import io.orrery.bus.OutputChunk;
import io.orrery.job.Job.StreamBytes;

/**
 * Where a reader's output goes. All calls come on the follower's context; after {@link #end} or
 * {@link #fail} there are none. A sink that throws has gone away: the follower closes.
 */
public interface Sink {
  /**
   * Takes the chunk in any case.
   *
   * @return false when it is full: the next chunk comes after the drain handler was called
   */
  boolean write(OutputChunk chunk);

  /** Is told once, at the start, what to call, on any thread, when there is room again. */
  void drainHandler(Runnable drained);

  /** Bytes are missing; what comes next in this stream begins at {@code gap.to()}. */
  void gap(OutputGap gap);

  /** Nothing was written for a while, and all is well. */
  void heartbeat();

  /** All was written up to these places: the totals of an ended job, or what there was to read. */
  void end(StreamBytes totals);

  /** It does not go on; an {@link io.orrery.job.ApiException} says why. */
  void fail(Throwable cause);
}
