package io.orrery.store;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import org.jspecify.annotations.Nullable;
import org.sqlite.SQLiteConfig;

/** The file {@code orrery.db} of the scheduler's directory, for its owner only. */
final class SqliteFile implements AutoCloseable {
  private final Path path;
  private final int busyMillis;
  private final StoreDirectory directory;

  private SqliteFile(Path path, int busyMillis, StoreDirectory directory) {
    this.path = path;
    this.busyMillis = busyMillis;
    this.directory = directory;
  }

  /**
   * Makes what is missing and looks at what is there. Blocks.
   *
   * @throws IOException saying what is wrong with the directory or the file, and what to do
   */
  static SqliteFile take(Path directory, int busyMillis) throws IOException {
    StoreDirectory taken = StoreDirectory.take(directory);
    try {
      SqliteFile file = new SqliteFile(directory.resolve("orrery.db"), busyMillis, taken);
      file.prepare();
      return file;
    } catch (IOException | RuntimeException failure) {
      taken.close();
      throw failure;
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
  @Nullable String key() {
    try {
      var attributes = Files.readAttributes(path, BasicFileAttributes.class);
      // A new file may get the number of the one before.
      return attributes.fileKey() + " of " + attributes.creationTime();
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
    directory.close();
  }
}
