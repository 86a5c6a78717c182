package io.orrery.process;

/** What a runner knows of a job that was started before it, or before its worker. */
public sealed interface Resumption {

  /**
   * It runs, and its exit is going to be announced.
   *
   * @param stopping whether it was told to stop, as far as the runner knows
   */
  record Running(Started started, boolean stopping) implements Resumption {}

  /** It has ended, and its exit is on record. */
  record Ended(Exit exit) implements Resumption {}

  /** It does not run, and nobody saw how it ended; of its tree there may be some left. */
  record Gone() implements Resumption {}
}
