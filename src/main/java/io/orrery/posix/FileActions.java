package io.orrery.posix;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.util.List;

/** A list of {@link FileAction} as the C structure. */
final class FileActions implements AutoCloseable {
  /** sizeof(posix_spawn_file_actions_t) is 80 in glibc on 64 bits, 76 in musl. */
  private static final int SIZE = 128;

  private static final FunctionDescriptor ON_STRUCT = FunctionDescriptor.of(JAVA_INT, ADDRESS);
  private static final FunctionDescriptor WITH_INT =
      FunctionDescriptor.of(JAVA_INT, ADDRESS, JAVA_INT);
  private static final MethodHandle INIT = Native.plain("posix_spawn_file_actions_init", ON_STRUCT);
  private static final MethodHandle DESTROY =
      Native.plain("posix_spawn_file_actions_destroy", ON_STRUCT);
  private static final MethodHandle ADDDUP2 =
      Native.plain(
          "posix_spawn_file_actions_adddup2",
          FunctionDescriptor.of(JAVA_INT, ADDRESS, JAVA_INT, JAVA_INT));
  private static final MethodHandle ADDOPEN =
      Native.plain(
          "posix_spawn_file_actions_addopen",
          FunctionDescriptor.of(JAVA_INT, ADDRESS, JAVA_INT, ADDRESS, JAVA_INT, JAVA_INT));
  private static final MethodHandle ADDCHDIR =
      Native.plain(
          "posix_spawn_file_actions_addchdir_np",
          FunctionDescriptor.of(JAVA_INT, ADDRESS, ADDRESS));
  private static final MethodHandle ADDFCHDIR =
      Native.plain("posix_spawn_file_actions_addfchdir_np", WITH_INT);
  private static final MethodHandle ADDCLOSEFROM =
      Native.plain("posix_spawn_file_actions_addclosefrom_np", WITH_INT);

  private final MemorySegment struct;

  FileActions(Native.Call call, List<FileAction> actions) throws Throwable {
    struct = call.arena().allocate(SIZE, 16);
    require("posix_spawn_file_actions_init", (int) INIT.invokeExact(struct));
    try {
      for (FileAction action : actions) {
        add(call, action);
      }
    } catch (Throwable e) {
      close();
      throw e;
    }
  }

  MemorySegment struct() {
    return struct;
  }

  private void add(Native.Call call, FileAction action) throws Throwable {
    int error =
        switch (action) {
          case FileAction.Dup2(int from, int to) -> (int) ADDDUP2.invokeExact(struct, from, to);
          case FileAction.Open(int descriptor, String path, int flags, int mode) ->
              (int) ADDOPEN.invokeExact(struct, descriptor, call.string(path), flags, mode);
          case FileAction.Chdir(String path) ->
              (int) ADDCHDIR.invokeExact(struct, call.string(path));
          case FileAction.Fchdir(int descriptor) -> (int) ADDFCHDIR.invokeExact(struct, descriptor);
          case FileAction.CloseFrom(int lowest) -> (int) ADDCLOSEFROM.invokeExact(struct, lowest);
        };
    require("posix_spawn_file_actions_add", error);
  }

  /** Frees what the C library allocated for the actions. */
  @Override
  public void close() {
    try {
      int ignored = (int) DESTROY.invokeExact(struct);
    } catch (Throwable e) {
      throw new IllegalStateException("posix_spawn_file_actions_destroy", e);
    }
  }

  static void require(String call, int error) throws PosixException {
    if (error != 0) {
      throw new PosixException(call, error);
    }
  }
}
