package io.orrery.job;

import java.time.Instant;

/** When and why the output of a job was removed before its record. */
public record OutputRemoval(Instant time, Rule rule) {
  /** What is kept, and was exceeded. */
  public enum Rule {
    /** The time since the end of the job. */
    AGE,
    /** The number of jobs with their output. */
    JOBS,
    /** The bytes of all outputs. */
    BYTES,
    /** Something of which only a later version knows. */
    OTHER
  }
}
