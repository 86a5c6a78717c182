package io.orrery.process;

/** The runner died while it started a job, and there is no process of it: it may have run. */
public final class StartUnknownException extends Exception {
  private static final long serialVersionUID = 1;

  StartUnknownException(String message) {
    super(message);
  }
}
