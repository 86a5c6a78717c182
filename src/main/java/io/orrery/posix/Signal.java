package io.orrery.posix;

import java.util.Locale;
import java.util.OptionalInt;

/**
 * The signals of Linux by name and number (x86-64, arm64, RISC-V).
 *
 * @see <a href="https://man7.org/linux/man-pages/man7/signal.7.html">signal(7)</a>
 */
public enum Signal {
  HUP(1),
  INT(2),
  QUIT(3),
  ILL(4),
  TRAP(5),
  ABRT(6),
  BUS(7),
  FPE(8),
  KILL(9),
  USR1(10),
  SEGV(11),
  USR2(12),
  PIPE(13),
  ALRM(14),
  TERM(15),
  STKFLT(16),
  CHLD(17),
  CONT(18),
  STOP(19),
  TSTP(20),
  TTIN(21),
  TTOU(22),
  URG(23),
  XCPU(24),
  XFSZ(25),
  VTALRM(26),
  PROF(27),
  WINCH(28),
  IO(29),
  PWR(30),
  SYS(31);

  /** The highest number: the last of the real-time signals, which have no names of their own. */
  public static final int LAST = 64;

  private final int number;

  Signal(int number) {
    this.number = number;
  }

  public int number() {
    return number;
  }

  /** Reads {@code TERM}, {@code SIGTERM} (in any case) or {@code 15}; empty for anything else. */
  public static OptionalInt parse(String text) {
    if (text.chars().allMatch(c -> c >= '0' && c <= '9') && !text.isEmpty() && text.length() < 4) {
      int number = Integer.parseInt(text);
      return number >= 1 && number <= LAST ? OptionalInt.of(number) : OptionalInt.empty();
    }
    String upper = text.toUpperCase(Locale.ROOT);
    String name = upper.startsWith("SIG") ? upper.substring(3) : upper;
    for (Signal signal : values()) {
      if (signal.name().equals(name)) {
        return OptionalInt.of(signal.number);
      }
    }
    return OptionalInt.empty();
  }

  /** {@code SIGTERM} for 15; {@code signal 34} for a number without a name. */
  public static String nameOf(int number) {
    return number >= 1 && number <= values().length
        ? "SIG" + values()[number - 1].name()
        : "signal " + number;
  }
}
