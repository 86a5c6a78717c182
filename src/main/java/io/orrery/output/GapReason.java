package io.orrery.output;

/** Why bytes of a stream are missing. */
public enum GapReason {
  /** They were dropped at the stream's size limit. */
  LIMIT,
  /** They were dropped since they were too old, too many or too large. */
  RETENTION,
  /** They could not be written, or not read again. */
  LOST
}
