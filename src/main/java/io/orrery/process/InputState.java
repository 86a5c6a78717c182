package io.orrery.process;

/**
 * How a job's live input stands.
 *
 * @param offset how many bytes it has taken in all
 * @param room whether it would take more now
 */
public record InputState(long offset, boolean room, Status status) {

  /** Whether an input takes bytes. */
  public enum Status {
    /** It does. */
    OPEN,
    /** Its end was given. */
    ENDED,
    /** Nobody reads it: the job closed it or has ended, or the runner that held it has died. */
    CLOSED
  }

  static final InputState GONE = new InputState(0, false, Status.CLOSED);
}
