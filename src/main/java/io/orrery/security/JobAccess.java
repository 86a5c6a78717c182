package io.orrery.security;

/**
 * Whose jobs a caller may see and change. A job that may not be seen is to be answered like one
 * that does not exist.
 */
public final class JobAccess {
  private JobAccess() {}

  /** Whether the caller may see the job, and its output, of the owner with this identity URI. */
  public static boolean mayRead(Identity caller, String owner) {
    return switch (caller.role()) {
      case ADMIN, VIEWER, SCHEDULER -> true;
      case OPERATOR -> caller.uri().equals(owner);
      case WORKER -> false;
    };
  }

  /** Whether the caller may stop or signal the job of the owner with this identity URI. */
  public static boolean mayChange(Identity caller, String owner) {
    return switch (caller.role()) {
      case ADMIN, SCHEDULER -> true;
      case OPERATOR -> caller.uri().equals(owner);
      case VIEWER, WORKER -> false;
    };
  }
}
