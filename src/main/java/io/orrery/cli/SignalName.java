package io.orrery.cli;

import java.util.Locale;

/** The names of Linux's signals and their numbers (signal(7)). */
final class SignalName {
  static final int INT = 2;
  static final int KILL = 9;
  static final int PIPE = 13;
  static final int HIGHEST = 64;

  private static final String[] NAMES =
      ("HUP INT QUIT ILL TRAP ABRT BUS FPE KILL USR1 SEGV USR2 PIPE ALRM TERM STKFLT CHLD CONT STOP"
              + " TSTP TTIN TTOU URG XCPU XFSZ VTALRM PROF WINCH IO PWR SYS")
          .split(" ");

  private SignalName() {}

  /**
   * Reads {@code TERM}, {@code SIGTERM}, {@code term} or {@code 15}.
   *
   * @throws IllegalArgumentException when there is no such signal
   */
  static int parse(String text) {
    String name = text.toUpperCase(Locale.ROOT);
    name = name.startsWith("SIG") ? name.substring(3) : name;
    for (int i = 0; i < NAMES.length; i++) {
      if (NAMES[i].equals(name)) {
        return i + 1;
      }
    }
    try {
      int number = Integer.parseInt(name);
      if (number >= 1 && number <= HIGHEST) {
        return number;
      }
    } catch (NumberFormatException _) {
      // Said below.
    }
    throw new IllegalArgumentException(
        "'" + text + "' is no signal: give a name like TERM or a number from 1 to 64");
  }

  /** {@code SIGTERM} for 15; the bare number for one without a name. */
  static String of(int number) {
    return number >= 1 && number <= NAMES.length ? "SIG" + NAMES[number - 1] : "signal " + number;
  }
}
