package io.orrery.cli;

import io.orrery.v1.Job;
import io.orrery.v1.OutputChunk;
import io.orrery.v1.OutputGap;

/** Where what a job writes goes to; may throw {@link OutputClosedException}. */
interface Output {
  /** Bytes that follow the ones before in their stream, or the gap. */
  void chunk(OutputChunk chunk);

  /** Bytes that nobody has any more. */
  void gap(OutputGap gap);

  /** The job as it is now. */
  void job(Job job);

  /** The job as it ended, after all bytes. */
  void end(Job job);
}
