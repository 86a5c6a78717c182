package io.orrery.job;

/** Where a job's standard input comes from. */
public enum StdinMode {
  /** {@code /dev/null}. */
  NONE,
  /** The bytes that came with the request. */
  BYTES,
  /** Live bytes of a client that is attached. */
  LIVE
}
