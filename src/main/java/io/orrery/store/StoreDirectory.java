package io.orrery.store;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * The scheduler's directory: for its owner only, and for one scheduler at a time, which a lock of
 * the kernel on {@code store.lock} sees to. The file says who has it.
 */
final class StoreDirectory implements AutoCloseable {
  private final Path path;
  private final FileChannel lock;

  private StoreDirectory(Path path, FileChannel lock) {
    this.path = path;
    this.lock = lock;
  }

  /**
   * Makes what is missing, and takes it. Blocks.
   *
   * @throws IOException saying what is wrong with it, and what to do
   */
  static StoreDirectory take(Path directory) throws IOException {
    if (!Files.isDirectory(directory)) {
      Files.createDirectories(directory);
      Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwx------"));
    }
    Path file = directory.resolve("store.lock");
    FileChannel lock = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
    try {
      if (tryLock(lock) == null) {
        String holder = Files.readString(file).strip();
        throw new IOException(
            "another scheduler uses the store in "
                + directory
                + (holder.isEmpty() ? "" : ": " + holder)
                + "; stop it, or give each its own store.path");
      }
      lock.truncate(0);
      lock.write(ByteBuffer.wrap((thisProcess() + "\n").getBytes(StandardCharsets.UTF_8)));
      return new StoreDirectory(directory, lock);
    } catch (IOException | RuntimeException failure) {
      lock.close();
      throw failure;
    }
  }

  private static @Nullable FileLock tryLock(FileChannel file) throws IOException {
    try {
      return file.tryLock();
    } catch (OverlappingFileLockException heldInThisProcess) {
      return null;
    }
  }

  /** "process 12 on host moon". */
  static String thisProcess() throws IOException {
    return "process " + ProcessHandle.current().pid() + " on host " + host();
  }

  private static String host() throws IOException {
    return Files.readString(Path.of("/proc/sys/kernel/hostname")).strip();
  }

  Path path() {
    return path;
  }

  /**
   * What tells it from all others, also after a restart: whoever has the lock, and finds this name,
   * finds what a process left that is no more. A copy on another host has another.
   */
  String id() throws IOException {
    Path file = path.resolve("store-id");
    if (!Files.exists(file)) {
      Files.writeString(file, UUID.randomUUID() + "\n");
    }
    return Files.readString(file).strip() + "@" + host();
  }

  @Override
  public void close() throws IOException {
    lock.close();
  }
}
