package io.orrery.worker;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.jspecify.annotations.Nullable;

/**
 * Keeps a data directory to one worker: a second one would take the jobs of the first for lost, and
 * end them. It is a lock of the kernel (fcntl(2)), so that it goes with the process, however that
 * ends, and no job inherits it.
 */
final class DataLock implements AutoCloseable {
  private final FileChannel file;

  private DataLock(FileChannel file) {
    this.file = file;
  }

  /**
   * Takes the directory, or fails at once. Blocks for the disk.
   *
   * @throws IOException saying who has it
   */
  static DataLock take(Path data) throws IOException {
    FileChannel file =
        FileChannel.open(
            data.resolve("lock"),
            StandardOpenOption.CREATE,
            StandardOpenOption.READ,
            StandardOpenOption.WRITE);
    try {
      if (lock(file) == null) {
        throw new IOException(
            "another worker (process "
                + owner(file)
                + ") uses the data directory "
                + data
                + "; stop it, or give each worker a directory of its own");
      }
      byte[] pid = Long.toString(ProcessHandle.current().pid()).getBytes(StandardCharsets.UTF_8);
      file.truncate(0).write(ByteBuffer.wrap(pid), 0);
      return new DataLock(file);
    } catch (IOException | RuntimeException failure) {
      file.close();
      throw failure;
    }
  }

  private static @Nullable FileLock lock(FileChannel file) throws IOException {
    try {
      return file.tryLock();
    } catch (OverlappingFileLockException heldInThisProcess) {
      return null;
    }
  }

  private static String owner(FileChannel file) throws IOException {
    ByteBuffer pid = ByteBuffer.allocate(20);
    file.read(pid, 0);
    return StandardCharsets.UTF_8.decode(pid.flip()).toString();
  }

  /** Leaves the directory to others. */
  @Override
  public void close() {
    try {
      file.close();
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    }
  }
}
