package io.orrery.posix;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.FunctionDescriptor;
import java.lang.invoke.MethodHandle;

/** Being the parent of orphans. */
public final class Subreaper {
  /** From linux/prctl.h. */
  private static final int PR_SET_CHILD_SUBREAPER = 36;

  private static final MethodHandle PRCTL =
      Native.variadic(
          "prctl",
          1,
          FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG));

  private Subreaper() {}

  /**
   * From now on a descendant whose parent ends becomes a child of this process, instead of init's.
   *
   * @see <a
   *     href="https://man7.org/linux/man-pages/man2/PR_SET_CHILD_SUBREAPER.2const.html">PR_SET_CHILD_SUBREAPER(2const)</a>
   */
  public static void prctl_set_child_subreaper() throws PosixException {
    Native.call(
        "prctl",
        "PR_SET_CHILD_SUBREAPER",
        call ->
            call.check(
                (int) PRCTL.invokeExact(call.state(), PR_SET_CHILD_SUBREAPER, 1L, 0L, 0L, 0L)));
  }
}
