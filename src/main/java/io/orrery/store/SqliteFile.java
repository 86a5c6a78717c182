package io.orrery.store;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import org.jspecify.annotations.Nullable;
import org.sqlite.SQLiteConfig;

/**
 * The file {@code orrery.db} of a directory: for its owner only, and for one scheduler at a time,
 * which a lock of the kernel on {@code store.lock} sees to.
 */
final class SqliteFile implements AutoCloseable {
  private final Path path;
  private final int busyMillis;
  private final FileChannel lock;

  private SqliteFile(Path path, int busyMillis, FileChannel lock) {
    this.path = path;
    this.busyMillis = busyMillis;
    this.lock = lock;
  }

  /**
   * Makes what is missing and looks at what is there. Blocks.
   *
   * @throws IOException saying what is wrong with the directory or the file, and what to do
   */
  static SqliteFile take(Path directory, int busyMillis) throws IOException {
    if (!Files.isDirectory(directory)) {
      Files.createDirectories(directory);
      Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwx------"));
    }
    FileChannel lock =
        FileChannel.open(
            directory.resolve("store.lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
    try {
      if (lock(lock) == null) {
        throw new IOException(
            "another scheduler uses the store in "
                + directory
                + "; stop it, or give each its own store.path");
      }
      SqliteFile file = new SqliteFile(directory.resolve("orrery.db"), busyMillis, lock);
      file.prepare();
      return file;
    } catch (IOException | RuntimeException failure) {
      lock.close();
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

  Path path() {
    return path;
  }

  /**
   * Makes the file where there is none, and refuses one that is not of this version.
   *
   * @throws IOException saying what is wrong with it, and what to do
   */
  synchronized void prepare() throws IOException {
    protect();
    SqliteSchema.prepare(this);
  }

  /** Makes an empty file, or takes the rights of others from the one there is. */
  private void protect() throws IOException {
    var owner = PosixFilePermissions.fromString("rw-------");
    if (!Files.exists(path)) {
      Files.createFile(path, PosixFilePermissions.asFileAttribute(owner));
    } else if (!Files.getPosixFilePermissions(path).equals(owner)) {
      Files.setPosixFilePermissions(path, owner);
    }
  }

  /**
   * What tells this file from another of its name; null when there is none, as after somebody
   * removed it.
   */
  @Nullable Object key() {
    try {
      return Files.readAttributes(path, BasicFileAttributes.class).fileKey();
    } catch (IOException gone) {
      return null;
    }
  }

  /** A connection, on which whatever it commits is on the disk. */
  Connection connect() throws SQLException {
    SQLiteConfig config = new SQLiteConfig();
    config.setJournalMode(SQLiteConfig.JournalMode.WAL);
    config.setSynchronous(SQLiteConfig.SynchronousMode.FULL);
    config.setJournalSizeLimit(64 << 20);
    config.setBusyTimeout(busyMillis);
    return DriverManager.getConnection("jdbc:sqlite:" + path, config.toProperties());
  }

  @Override
  public void close() throws IOException {
    lock.close();
  }
}
