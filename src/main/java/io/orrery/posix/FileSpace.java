package io.orrery.posix;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;

/** The space that files take, and that is left for them. */
public final class FileSpace {
  /** For {@link #fallocate}: the size of the file stays as it is. */
  public static final int FALLOC_FL_KEEP_SIZE = 0x01;

  /** For {@link #fallocate}: the range is given back, and reads as zeros from now on. */
  public static final int FALLOC_FL_PUNCH_HOLE = 0x02;

  /** {@code struct statvfs} of glibc on 64-bit machines: eleven words, then spare ones. */
  private static final int STATVFS_BYTES = 112;

  private static final MethodHandle FALLOCATE =
      Native.function(
          "fallocate", FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT, JAVA_LONG, JAVA_LONG));
  private static final MethodHandle STATVFS =
      Native.function("statvfs", FunctionDescriptor.of(JAVA_INT, ADDRESS, ADDRESS));

  private static final MethodHandle SYNCFS =
      Native.function("syncfs", FunctionDescriptor.of(JAVA_INT, JAVA_INT));

  private FileSpace() {}

  /**
   * Changes what a range of an open file takes. EOPNOTSUPP: the file system cannot.
   *
   * @see <a href="https://man7.org/linux/man-pages/man2/fallocate.2.html">fallocate(2)</a>
   */
  public static void fallocate(int descriptor, int mode, long offset, long length)
      throws PosixException {
    Native.call(
        "fallocate",
        call ->
            call.check(
                (int) FALLOCATE.invokeExact(call.state(), descriptor, mode, offset, length)));
  }

  /**
   * What a file system holds, has left for root, and has left for users without privileges; a
   * number of inodes of 0 is that of a file system that does not count them (btrfs, for one).
   */
  public record Room(
      long totalBytes, long freeBytes, long availableBytes, long inodes, long availableInodes) {}

  /**
   * The room of the file system that has this path.
   *
   * @see <a href="https://man7.org/linux/man-pages/man3/statvfs.3.html">statvfs(3)</a>
   */
  public static Room statvfs(String path) throws PosixException {
    return Native.call(
        "statvfs",
        path,
        call -> {
          MemorySegment found = call.arena().allocate(STATVFS_BYTES, Long.BYTES);
          call.check((int) STATVFS.invokeExact(call.state(), call.string(path), found));
          long fragment = found.getAtIndex(JAVA_LONG, 1);
          return new Room(
              found.getAtIndex(JAVA_LONG, 2) * fragment,
              found.getAtIndex(JAVA_LONG, 3) * fragment,
              found.getAtIndex(JAVA_LONG, 4) * fragment,
              found.getAtIndex(JAVA_LONG, 5),
              found.getAtIndex(JAVA_LONG, 7));
        });
  }

  /**
   * Blocks until everything that was written to the file system of this descriptor is on its disk.
   *
   * @see <a href="https://man7.org/linux/man-pages/man2/syncfs.2.html">syncfs(2)</a>
   */
  public static void syncfs(int descriptor) throws PosixException {
    Native.call("syncfs", call -> call.check((int) SYNCFS.invokeExact(call.state(), descriptor)));
  }
}
