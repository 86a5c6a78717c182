package io.orrery.posix;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;

/** The clocks of the kernel that the JDK does not read. */
public final class Clocks {
  /** Nobody can set it, it goes on while the host sleeps, and it is 0 when the host starts. */
  public static final int CLOCK_BOOTTIME = 7;

  /** sizeof(struct timespec) on 64 bits: two longs. */
  private static final int TIMESPEC_SIZE = 16;

  private static final long NANOS_PER_SECOND = 1_000_000_000;

  private static final MethodHandle CLOCK_GETTIME =
      Native.function("clock_gettime", FunctionDescriptor.of(JAVA_INT, JAVA_INT, ADDRESS));

  private Clocks() {}

  /**
   * What a clock tells, in nanoseconds.
   *
   * @see <a href="https://man7.org/linux/man-pages/man2/clock_gettime.2.html">clock_gettime(2)</a>
   */
  public static long clock_gettime(int clock) throws PosixException {
    return Native.call(
        "clock_gettime",
        Integer.toString(clock),
        call -> {
          MemorySegment time = call.arena().allocate(TIMESPEC_SIZE, 8);
          call.check((int) CLOCK_GETTIME.invokeExact(call.state(), clock, time));
          return time.get(JAVA_LONG, 0) * NANOS_PER_SECOND + time.get(JAVA_LONG, Long.BYTES);
        });
  }
}
