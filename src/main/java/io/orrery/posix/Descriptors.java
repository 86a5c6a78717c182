package io.orrery.posix;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.util.Optional;

/** Opening, reading and closing files by descriptor. Every descriptor is made close-on-exec. */
public final class Descriptors {
  public static final int O_RDONLY = 0;
  public static final int O_WRONLY = 1;
  public static final int O_RDWR = 2;
  public static final int O_CREAT = 0x40;
  public static final int O_APPEND = 0x400;
  public static final int O_NOCTTY = 0x100;
  public static final int O_NONBLOCK = 0x800;
  public static final int O_DIRECTORY = Native.ARM64 ? 0x4000 : 0x10000;
  public static final int O_NOFOLLOW = Native.ARM64 ? 0x8000 : 0x20000;
  public static final int O_PATH = 0x200000;

  /** For {@link #openat2}: nothing outside the directory may be reached, by {@code ..} or link. */
  public static final int RESOLVE_BENEATH = 0x08;

  /** For {@link #openat2}: no links like those in /proc/PID/fd. */
  public static final int RESOLVE_NO_MAGICLINKS = 0x02;

  /** For {@link #faccessat}: may be executed (or, a directory, entered). */
  public static final int X_OK = 1;

  static final int O_CLOEXEC = 0x80000;
  private static final int AT_EACCESS = 0x200;

  private static final MethodHandle OPEN =
      Native.variadic("open", 2, FunctionDescriptor.of(JAVA_INT, ADDRESS, JAVA_INT, JAVA_INT));
  private static final MethodHandle CLOSE =
      Native.function("close", FunctionDescriptor.of(JAVA_INT, JAVA_INT));
  private static final MethodHandle READ =
      Native.function("read", FunctionDescriptor.of(JAVA_LONG, JAVA_INT, ADDRESS, JAVA_LONG));
  private static final MethodHandle WRITE =
      Native.function("write", FunctionDescriptor.of(JAVA_LONG, JAVA_INT, ADDRESS, JAVA_LONG));
  private static final MethodHandle FACCESSAT =
      Native.function(
          "faccessat", FunctionDescriptor.of(JAVA_INT, JAVA_INT, ADDRESS, JAVA_INT, JAVA_INT));

  private Descriptors() {}

  /**
   * May block where the path says so (a FIFO, a network file system); {@code mode} counts only with
   * O_CREAT.
   *
   * @see <a href="https://man7.org/linux/man-pages/man2/open.2.html">open(2)</a>
   */
  public static int open(String path, int flags, int mode) throws PosixException {
    return Native.call(
        "open",
        path,
        call ->
            call.check(
                (int) OPEN.invokeExact(call.state(), call.string(path), flags | O_CLOEXEC, mode)));
  }

  /**
   * Opens {@code path}, relative to {@code directory}, resolved as {@code resolve} says (Linux
   * 5.6). EXDEV means that the path leaves the directory.
   *
   * @see <a href="https://man7.org/linux/man-pages/man2/openat2.2.html">openat2(2)</a>
   */
  public static int openat2(int directory, String path, int flags, int resolve)
      throws PosixException {
    return Native.call(
        "openat2",
        path,
        call -> {
          MemorySegment how = call.arena().allocate(JAVA_LONG, 3);
          how.setAtIndex(JAVA_LONG, 0, flags | O_CLOEXEC);
          how.setAtIndex(JAVA_LONG, 2, resolve);
          return (int)
              call.check(
                  (long)
                      Syscall.POINTERS.invokeExact(
                          call.state(),
                          Syscall.OPENAT2,
                          (long) directory,
                          call.string(path),
                          how,
                          how.byteSize()));
        });
  }

  /**
   * 0 if the effective user may use {@code path}, relative to {@code directory}, so; else the
   * errno, as a search along a PATH mostly hears that there is no such file.
   *
   * @see <a href="https://man7.org/linux/man-pages/man2/faccessat.2.html">faccessat(2)</a>
   */
  public static int faccessat(int directory, String path, int access) {
    try {
      return Native.call(
          "faccessat",
          path,
          call -> {
            MemorySegment name = call.string(path);
            int result =
                (int) FACCESSAT.invokeExact(call.state(), directory, name, access, AT_EACCESS);
            return result == 0 ? 0 : call.errno();
          });
    } catch (PosixException e) {
      return e.errno();
    }
  }

  /**
   * Up to {@code limit} bytes; none at the end of the file. Blocks if the descriptor does.
   *
   * @see <a href="https://man7.org/linux/man-pages/man2/read.2.html">read(2)</a>
   */
  public static byte[] read(int descriptor, int limit) throws PosixException {
    return Native.call(
        "read",
        call -> {
          MemorySegment buffer = call.arena().allocate(limit);
          long length = read(call, descriptor, buffer);
          return buffer.asSlice(0, Math.max(length, 0)).toArray(JAVA_BYTE);
        });
  }

  /** The number of bytes; -1 if the descriptor does not block and has nothing. */
  static long read(Native.Call call, int descriptor, MemorySegment buffer) throws Throwable {
    while (true) {
      long length = (long) READ.invokeExact(call.state(), descriptor, buffer, buffer.byteSize());
      if (length == -1 && call.errno() == Errno.EINTR.number()) {
        continue;
      }
      if (length == -1 && call.errno() == Errno.EAGAIN.number()) {
        return -1;
      }
      return call.check(length);
    }
  }

  /**
   * Writes all of a short text in one call, as files of the kernel want it.
   *
   * @see <a href="https://man7.org/linux/man-pages/man2/write.2.html">write(2)</a>
   */
  public static void write(int descriptor, String text) throws PosixException {
    Native.call(
        "write",
        call -> {
          MemorySegment bytes = call.string(text);
          return call.check(
              (long) WRITE.invokeExact(call.state(), descriptor, bytes, bytes.byteSize() - 1));
        });
  }

  /**
   * Writes the bytes from {@code from} on and answers with how many of them were taken: 0 if the
   * descriptor does not block and has no room. EPIPE means that nobody reads any more (and SIGPIPE,
   * which a JVM ignores).
   *
   * @see <a href="https://man7.org/linux/man-pages/man2/write.2.html">write(2)</a>
   */
  public static int write(int descriptor, byte[] bytes, int from) throws PosixException {
    return Native.call(
        "write",
        call -> {
          int length = bytes.length - from;
          MemorySegment buffer = call.arena().allocate(Math.max(1, length));
          MemorySegment.copy(bytes, from, buffer, JAVA_BYTE, 0, length);
          while (true) {
            long taken = (long) WRITE.invokeExact(call.state(), descriptor, buffer, (long) length);
            if (taken == -1 && call.errno() == Errno.EINTR.number()) {
              continue;
            }
            if (taken == -1 && call.errno() == Errno.EAGAIN.number()) {
              return 0;
            }
            return (int) call.check(taken);
          }
        });
  }

  /**
   * Up to {@code limit} bytes of a descriptor that does not block; empty when there are none now,
   * and an empty array at the end of the file.
   */
  public static Optional<byte[]> readNow(int descriptor, int limit) throws PosixException {
    return Native.call(
        "read",
        call -> {
          MemorySegment buffer = call.arena().allocate(limit);
          long length = read(call, descriptor, buffer);
          return length < 0
              ? Optional.empty()
              : Optional.of(buffer.asSlice(0, length).toArray(JAVA_BYTE));
        });
  }

  /**
   * Closes the descriptor, which is gone whatever close reports.
   *
   * @see <a href="https://man7.org/linux/man-pages/man2/close.2.html">close(2)</a>
   */
  public static void close(int descriptor) throws PosixException {
    Native.call("close", call -> call.check((int) CLOSE.invokeExact(call.state(), descriptor)));
  }
}
