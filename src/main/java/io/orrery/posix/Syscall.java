package io.orrery.posix;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.FunctionDescriptor;
import java.lang.invoke.MethodHandle;

/**
 * System calls that glibc 2.36 has no function for. Their numbers are the same on every
 * architecture that has joined the common table (all but Alpha).
 *
 * @see <a href="https://man7.org/linux/man-pages/man2/syscall.2.html">syscall(2)</a>
 */
final class Syscall {
  static final long PIDFD_SEND_SIGNAL = 424;
  static final long PIDFD_OPEN = 434;
  static final long OPENAT2 = 437;

  /** {@code syscall(number, long, long, long, long)}. */
  static final MethodHandle LONGS =
      Native.variadic(
          "syscall",
          1,
          FunctionDescriptor.of(JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG));

  /** {@code syscall(number, long, pointer, pointer, long)}. */
  static final MethodHandle POINTERS =
      Native.variadic(
          "syscall",
          1,
          FunctionDescriptor.of(JAVA_LONG, JAVA_LONG, JAVA_LONG, ADDRESS, ADDRESS, JAVA_LONG));

  private Syscall() {}
}
