package io.orrery.posix;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;

/** The two descriptors of a pipe, both close-on-exec. */
public record Pipe(int readEnd, int writeEnd) {
  private static final int F_SETFL = 4;

  private static final MethodHandle PIPE2 =
      Native.function("pipe2", FunctionDescriptor.of(JAVA_INT, ADDRESS, JAVA_INT));
  private static final MethodHandle FCNTL =
      Native.variadic("fcntl", 2, FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT));

  /**
   * A new pipe, whose write end does not block; its read end does.
   *
   * @see <a href="https://man7.org/linux/man-pages/man2/pipe.2.html">pipe2(2)</a>
   */
  public static Pipe pipe2() throws PosixException {
    return Native.call(
        "pipe2",
        call -> {
          MemorySegment ends = call.arena().allocate(JAVA_INT, 2);
          call.check((int) PIPE2.invokeExact(call.state(), ends, Descriptors.O_CLOEXEC));
          Pipe pipe = new Pipe(ends.getAtIndex(JAVA_INT, 0), ends.getAtIndex(JAVA_INT, 1));
          call.check(
              (int)
                  FCNTL.invokeExact(call.state(), pipe.writeEnd, F_SETFL, Descriptors.O_NONBLOCK));
          return pipe;
        });
  }
}
