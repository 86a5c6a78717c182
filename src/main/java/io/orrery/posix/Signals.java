package io.orrery.posix;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;

/** Sending signals. */
public final class Signals {
  private static final MethodHandle KILL =
      Native.function("kill", FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT));

  private static final MethodHandle SIGNAL =
      Native.function("signal", FunctionDescriptor.of(ADDRESS, JAVA_INT, ADDRESS));

  private Signals() {}

  /**
   * Gives a signal its default action in this process: signal(sig, SIG_DFL).
   *
   * @see <a href="https://man7.org/linux/man-pages/man2/signal.2.html">signal(2)</a>
   */
  public static void signal_default(int signal) throws PosixException {
    Native.call(
        "signal",
        call -> {
          var before = (MemorySegment) SIGNAL.invokeExact(call.state(), signal, MemorySegment.NULL);
          return call.check(before.address());
        });
  }

  /**
   * Has a signal ignored by this process: signal(sig, SIG_IGN).
   *
   * @see <a href="https://man7.org/linux/man-pages/man2/signal.2.html">signal(2)</a>
   */
  public static void signal_ignore(int signal) throws PosixException {
    Native.call(
        "signal",
        call -> {
          MemorySegment ignore = MemorySegment.ofAddress(1);
          var before = (MemorySegment) SIGNAL.invokeExact(call.state(), signal, ignore);
          return call.check(before.address());
        });
  }

  /**
   * Sends a signal to a process, or with a negative {@code pid} to the process group {@code -pid};
   * signal 0 only asks whether it exists. The groups of everything (0, 1 and -1) are refused.
   *
   * @see <a href="https://man7.org/linux/man-pages/man2/kill.2.html">kill(2)</a>
   */
  public static void kill(int pid, int signal) throws PosixException {
    if (pid >= -1 && pid <= 1) {
      throw new IllegalArgumentException("would signal more than one job: " + pid);
    }
    Native.call(
        "kill",
        Integer.toString(pid),
        call -> call.check((int) KILL.invokeExact(call.state(), pid, signal)));
  }

  /**
   * Sends a signal to exactly the process that {@code pidfd} was opened for.
   *
   * @see <a
   *     href="https://man7.org/linux/man-pages/man2/pidfd_send_signal.2.html">pidfd_send_signal(2)</a>
   */
  public static void pidfd_send_signal(int pidfd, int signal) throws PosixException {
    Native.call(
        "pidfd_send_signal",
        call ->
            call.check(
                (long)
                    Syscall.LONGS.invokeExact(
                        call.state(),
                        Syscall.PIDFD_SEND_SIGNAL,
                        (long) pidfd,
                        (long) signal,
                        0L,
                        0L)));
  }
}
