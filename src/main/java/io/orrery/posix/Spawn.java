package io.orrery.posix;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.util.List;

/** Starting child processes. */
public final class Spawn {
  /** sizeof(posix_spawnattr_t) is 336 in glibc on 64 bits, and in musl. */
  private static final int ATTRIBUTES_SIZE = 512;

  private static final int SIGSET_SIZE = 128;
  private static final short SETSIGDEF = 0x04;
  private static final short SETSIGMASK = 0x08;
  private static final short SETSID = 0x80;

  private static final FunctionDescriptor ON_STRUCT = FunctionDescriptor.of(JAVA_INT, ADDRESS);
  private static final FunctionDescriptor WITH_SET =
      FunctionDescriptor.of(JAVA_INT, ADDRESS, ADDRESS);
  private static final MethodHandle ATTR_INIT = Native.plain("posix_spawnattr_init", ON_STRUCT);
  private static final MethodHandle ATTR_DESTROY =
      Native.plain("posix_spawnattr_destroy", ON_STRUCT);
  private static final MethodHandle ATTR_SETFLAGS =
      Native.plain(
          "posix_spawnattr_setflags", FunctionDescriptor.of(JAVA_INT, ADDRESS, JAVA_SHORT));
  private static final MethodHandle ATTR_SETSIGMASK =
      Native.plain("posix_spawnattr_setsigmask", WITH_SET);
  private static final MethodHandle ATTR_SETSIGDEFAULT =
      Native.plain("posix_spawnattr_setsigdefault", WITH_SET);
  private static final MethodHandle SIGEMPTYSET = Native.plain("sigemptyset", ON_STRUCT);
  private static final MethodHandle SIGFILLSET = Native.plain("sigfillset", ON_STRUCT);
  private static final MethodHandle POSIX_SPAWN =
      Native.plain(
          "posix_spawn",
          FunctionDescriptor.of(JAVA_INT, ADDRESS, ADDRESS, ADDRESS, ADDRESS, ADDRESS, ADDRESS));

  private Spawn() {}

  /**
   * Starts {@code path} in a session of its own, with no signal blocked and every signal at its
   * default, and returns its pid. Blocks until the child has executed the program (about 2 ms).
   *
   * <p>{@code path} is not looked up in PATH and, if relative, is taken from the directory that the
   * actions go to. {@code environment} holds {@code NAME=value}. Arguments and environment reach
   * the program as their UTF-8 bytes.
   *
   * @throws PosixException also for whatever went wrong in the child before the program ran; then
   *     there is no child
   * @throws IllegalArgumentException if a string contains a NUL
   * @see <a href="https://man7.org/linux/man-pages/man3/posix_spawn.3.html">posix_spawn(3)</a>
   */
  public static int posix_spawn(
      String path, List<FileAction> actions, List<String> arguments, List<String> environment)
      throws PosixException {
    return Native.call(
        "posix_spawn",
        path,
        call -> {
          Arena arena = call.arena();
          MemorySegment pid = arena.allocate(JAVA_INT);
          MemorySegment argv = CString.array(arena, arguments);
          MemorySegment envp = CString.array(arena, environment);
          MemorySegment program = call.string(path);
          MemorySegment attributes = attributes(arena);
          try (FileActions files = new FileActions(call, actions)) {
            int error =
                (int) POSIX_SPAWN.invokeExact(pid, program, files.struct(), attributes, argv, envp);
            if (error != 0) {
              throw new PosixException("posix_spawn", error, path);
            }
          } finally {
            int ignored = (int) ATTR_DESTROY.invokeExact(attributes);
          }
          return pid.get(JAVA_INT, 0);
        });
  }

  private static MemorySegment attributes(Arena arena) throws Throwable {
    MemorySegment attributes = arena.allocate(ATTRIBUTES_SIZE, 16);
    MemorySegment signals = arena.allocate(SIGSET_SIZE, 16);
    FileActions.require("posix_spawnattr_init", (int) ATTR_INIT.invokeExact(attributes));
    FileActions.require(
        "posix_spawnattr_setflags",
        (int) ATTR_SETFLAGS.invokeExact(attributes, (short) (SETSIGDEF | SETSIGMASK | SETSID)));
    FileActions.require("sigemptyset", (int) SIGEMPTYSET.invokeExact(signals));
    FileActions.require(
        "posix_spawnattr_setsigmask", (int) ATTR_SETSIGMASK.invokeExact(attributes, signals));
    FileActions.require("sigfillset", (int) SIGFILLSET.invokeExact(signals));
    FileActions.require(
        "posix_spawnattr_setsigdefault", (int) ATTR_SETSIGDEFAULT.invokeExact(attributes, signals));
    return attributes;
  }
}
