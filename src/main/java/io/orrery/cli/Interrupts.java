package io.orrery.cli;

/** Where Ctrl-C and Ctrl-Z go. */
interface Interrupts {
  /** Calls this, on a thread of its own, for each SIGINT from now on. */
  void onInterrupt(Runnable action);

  /** Calls this for a SIGTSTP; null gives the signal its usual meaning back. */
  void onSuspend(@org.jspecify.annotations.Nullable Runnable action);

  /** Calls this when the terminal has got another size (SIGWINCH). */
  void onResize(Runnable action);

  /** Ends the process with this code, whatever its other threads do. */
  void exit(int code);
}
