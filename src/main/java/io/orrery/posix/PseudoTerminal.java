package io.orrery.posix;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;

/**
 * A terminal made of software: its master, which does not block and is close-on-exec, and the path
 * of what programs open as their terminal.
 *
 * @see <a href="https://man7.org/linux/man-pages/man7/pty.7.html">pty(7)</a>
 */
public record PseudoTerminal(int master, String path) {
  /** From asm-generic/ioctls.h, which x86-64 and AArch64 both use. */
  private static final long TIOCSWINSZ = 0x5414;

  private static final int PATH_SIZE = 128;
  private static final FunctionDescriptor ON_DESCRIPTOR = FunctionDescriptor.of(JAVA_INT, JAVA_INT);
  private static final MethodHandle POSIX_OPENPT = Native.function("posix_openpt", ON_DESCRIPTOR);
  private static final MethodHandle GRANTPT = Native.function("grantpt", ON_DESCRIPTOR);
  private static final MethodHandle UNLOCKPT = Native.function("unlockpt", ON_DESCRIPTOR);
  private static final MethodHandle PTSNAME_R =
      Native.plain("ptsname_r", FunctionDescriptor.of(JAVA_INT, JAVA_INT, ADDRESS, JAVA_LONG));
  private static final MethodHandle IOCTL =
      Native.variadic("ioctl", 2, FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_LONG, ADDRESS));

  /**
   * A new one, unlocked.
   *
   * @see <a href="https://man7.org/linux/man-pages/man3/posix_openpt.3.html">posix_openpt(3)</a>
   */
  public static PseudoTerminal open() throws PosixException {
    int flags =
        Descriptors.O_RDWR | Descriptors.O_NOCTTY | Descriptors.O_NONBLOCK | Descriptors.O_CLOEXEC;
    int master =
        Native.call(
            "posix_openpt",
            call -> call.check((int) POSIX_OPENPT.invokeExact(call.state(), flags)));
    try {
      Native.call("grantpt", call -> call.check((int) GRANTPT.invokeExact(call.state(), master)));
      Native.call("unlockpt", call -> call.check((int) UNLOCKPT.invokeExact(call.state(), master)));
      return new PseudoTerminal(master, ptsname_r(master));
    } catch (PosixException e) {
      Descriptors.close(master);
      throw e;
    }
  }

  private static String ptsname_r(int master) throws PosixException {
    return Native.call(
        "ptsname_r",
        call -> {
          MemorySegment name = call.arena().allocate(PATH_SIZE);
          int error = (int) PTSNAME_R.invokeExact(master, name, (long) PATH_SIZE);
          if (error != 0) {
            throw new PosixException("ptsname_r", error);
          }
          return name.getString(0);
        });
  }

  /**
   * Sets the size of the window, 1 to 65,535 each; programs get SIGWINCH where it is another one.
   *
   * @see <a
   *     href="https://man7.org/linux/man-pages/man2/TIOCSWINSZ.2const.html">TIOCSWINSZ(2const)</a>
   */
  public static void ioctl_tiocswinsz(int master, int rows, int columns) throws PosixException {
    Native.call(
        "ioctl",
        call -> {
          MemorySegment size = call.arena().allocate(JAVA_SHORT, 4);
          size.setAtIndex(JAVA_SHORT, 0, (short) rows);
          size.setAtIndex(JAVA_SHORT, 1, (short) columns);
          return call.check((int) IOCTL.invokeExact(call.state(), master, TIOCSWINSZ, size));
        });
  }
}
