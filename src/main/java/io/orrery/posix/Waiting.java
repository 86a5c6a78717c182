package io.orrery.posix;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.time.Duration;
import java.util.Optional;

/** Learning of the end of child processes. */
public final class Waiting {
  /** For {@link #wait4}: do not block. */
  public static final int WNOHANG = 1;

  /** sizeof(struct rusage) on 64 bits: two timevals and fourteen longs. */
  private static final int RUSAGE_SIZE = 144;

  private static final long UTIME = 0;
  private static final long STIME = 16;
  private static final long MAXRSS = 32;
  private static final int RUSAGE_SELF = 0;

  private static final int P_ALL = 0;
  private static final int WEXITED = 4;
  private static final int WNOWAIT = 0x0100_0000;

  /** sizeof(siginfo_t), and where si_pid is in it on 64 bits. */
  private static final int SIGINFO_SIZE = 128;

  private static final long SI_PID = 16;

  private static final MethodHandle WAITID =
      Native.function(
          "waitid", FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT, ADDRESS, JAVA_INT));
  private static final MethodHandle WAIT4 =
      Native.function(
          "wait4", FunctionDescriptor.of(JAVA_INT, JAVA_INT, ADDRESS, JAVA_INT, ADDRESS));
  private static final MethodHandle GETRUSAGE =
      Native.function("getrusage", FunctionDescriptor.of(JAVA_INT, JAVA_INT, ADDRESS));

  private Waiting() {}

  /**
   * A descriptor of the process that becomes readable when it has ended (all its threads); always
   * close-on-exec. It stays that process's, also when the pid is used again.
   *
   * @see <a href="https://man7.org/linux/man-pages/man2/pidfd_open.2.html">pidfd_open(2)</a>
   */
  public static int pidfd_open(int pid) throws PosixException {
    return Native.call(
        "pidfd_open",
        Integer.toString(pid),
        call ->
            (int)
                call.check(
                    (long)
                        Syscall.LONGS.invokeExact(
                            call.state(), Syscall.PIDFD_OPEN, (long) pid, 0L, 0L, 0L)));
  }

  /**
   * Takes the status of one child and frees its pid. Blocks until the child has ended, unless
   * {@code options} has {@link #WNOHANG}: then empty means that it has not. {@code pid} must be
   * positive, so that no one else's child is ever taken.
   *
   * @see <a href="https://man7.org/linux/man-pages/man2/wait4.2.html">wait4(2)</a>
   */
  public static Optional<ChildStatus> wait4(int pid, int options) throws PosixException {
    if (pid <= 0) {
      throw new IllegalArgumentException("wait4 for a group of children: " + pid);
    }
    return Native.call(
        "wait4",
        Integer.toString(pid),
        call -> {
          MemorySegment status = call.arena().allocate(JAVA_INT);
          MemorySegment usage = call.arena().allocate(RUSAGE_SIZE, 8);
          int result =
              call.check((int) WAIT4.invokeExact(call.state(), pid, status, options, usage));
          return result == 0
              ? Optional.empty()
              : Optional.of(
                  new ChildStatus(
                      status.get(JAVA_INT, 0),
                      time(usage, UTIME),
                      time(usage, STIME),
                      maxRss(usage)));
        });
  }

  /**
   * The pid of one child that has ended and was not waited for, which stays so; empty when there is
   * none. Does not block.
   *
   * @see <a href="https://man7.org/linux/man-pages/man2/waitid.2.html">waitid(2)</a>
   */
  public static Optional<Integer> waitid_peek() throws PosixException {
    try {
      return Native.call(
          "waitid",
          call -> {
            MemorySegment state = call.arena().allocate(SIGINFO_SIZE, 8);
            int options = WEXITED | WNOHANG | WNOWAIT;
            call.check((int) WAITID.invokeExact(call.state(), P_ALL, 0, state, options));
            int pid = state.get(JAVA_INT, SI_PID);
            return pid == 0 ? Optional.empty() : Optional.of(pid);
          });
    } catch (PosixException e) {
      if (e.is(Errno.ECHILD)) {
        return Optional.empty();
      }
      throw e;
    }
  }

  /**
   * The largest resident set that this process has had, in bytes.
   *
   * <p>It matters for children too: a child that posix_spawn made shares this process's memory
   * until its exec, and Linux carries that peak over the exec. So a child's {@link
   * ChildStatus#maxRss()} is its own only where it is above this.
   *
   * @see <a href="https://man7.org/linux/man-pages/man2/getrusage.2.html">getrusage(2)</a>
   */
  public static long getrusage() throws PosixException {
    return Native.call(
        "getrusage",
        call -> {
          MemorySegment usage = call.arena().allocate(RUSAGE_SIZE, 8);
          call.check((int) GETRUSAGE.invokeExact(call.state(), RUSAGE_SELF, usage));
          return maxRss(usage);
        });
  }

  private static Duration time(MemorySegment usage, long offset) {
    long seconds = usage.get(JAVA_LONG, offset);
    long micros = usage.get(JAVA_LONG, offset + Long.BYTES);
    return Duration.ofSeconds(seconds, micros * 1000);
  }

  private static long maxRss(MemorySegment usage) {
    return usage.get(JAVA_LONG, MAXRSS) * 1024;
  }
}
