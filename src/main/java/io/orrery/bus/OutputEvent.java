package io.orrery.bus;

import io.orrery.job.Job.StreamBytes;
import io.orrery.job.JobId;

/** Something about what a job prints. Whoever misses one finds all of it in the job's files. */
public sealed interface OutputEvent permits OutputChunk, OutputEvent.Moved, OutputEvent.Ended {
  JobId job();

  /** The streams have at least these sizes; the bytes are to be read from the files. */
  record Moved(JobId job, StreamBytes sizes) implements OutputEvent {}

  /** Nothing writes any more: these are the bytes of each stream, for ever. */
  record Ended(JobId job, StreamBytes totals) implements OutputEvent {}
}
