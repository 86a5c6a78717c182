package io.orrery.store;

import java.io.IOException;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import org.jspecify.annotations.Nullable;
import org.sqlite.SQLiteErrorCode;
import org.sqlite.SQLiteException;

/**
 * The tables, whose version is the file's {@code user_version}, and the check that a file has them.
 *
 * <p>Times are whole nanoseconds since 1970; the view {@code jobs} shows them for people.
 */
final class SqliteSchema {
  /** "Orry" in ASCII: tells our files from those of other programs. */
  private static final int APPLICATION = 0x4f727279;

  private static final int VERSION = 1;

  private static final String[] TABLES = {
    """
    CREATE TABLE job (
      id TEXT PRIMARY KEY NOT NULL,
      sequence INTEGER NOT NULL,
      owner TEXT NOT NULL,
      state TEXT NOT NULL,
      worker TEXT NOT NULL,
      priority INTEGER NOT NULL,
      created INTEGER NOT NULL,
      ended INTEGER,
      labels TEXT NOT NULL,
      body BLOB NOT NULL)\
    """,
    "CREATE INDEX job_unfinished ON job (sequence) WHERE ended IS NULL",
    "CREATE INDEX job_ended ON job (ended) WHERE ended IS NOT NULL",
    "CREATE INDEX job_created ON job (created DESC, id)",
    "CREATE INDEX job_owner ON job (owner, created DESC, id)",
    "CREATE INDEX job_worker ON job (worker, created DESC, id)",
    "CREATE INDEX job_state ON job (state, created DESC, id)",
    """
    CREATE TABLE label (
      name TEXT NOT NULL,
      value TEXT NOT NULL,
      created INTEGER NOT NULL,
      id TEXT NOT NULL,
      PRIMARY KEY (name, value, created DESC, id)) WITHOUT ROWID\
    """,
    "CREATE TABLE value (name TEXT PRIMARY KEY NOT NULL, value BLOB NOT NULL) WITHOUT ROWID",
    """
    CREATE VIEW jobs AS
      SELECT id, sequence, owner, state, worker, priority,
        strftime('%Y-%m-%dT%H:%M:%SZ', created / 1000000000, 'unixepoch') AS created,
        strftime('%Y-%m-%dT%H:%M:%SZ', ended / 1000000000, 'unixepoch') AS ended,
        labels, length(body) AS bytes
      FROM job ORDER BY job.created DESC, id\
    """,
    "PRAGMA application_id = " + APPLICATION,
    "PRAGMA user_version = " + VERSION,
  };

  private SqliteSchema() {}

  /** Makes the tables in an empty file; refuses any other file that is not of this version. */
  static void prepare(SqliteFile file) throws IOException {
    try (Connection connection = file.connect();
        Statement statement = connection.createStatement()) {
      long version = number(statement, "PRAGMA user_version");
      if (number(statement, "SELECT count(*) FROM sqlite_schema") == 0 && version == 0) {
        statement.execute("BEGIN IMMEDIATE");
        for (String sql : TABLES) {
          statement.execute(sql);
        }
        statement.execute("COMMIT");
        return;
      }
      if (number(statement, "PRAGMA application_id") != APPLICATION) {
        throw new IOException(
            file.path()
                + " is a database of another program; give the scheduler another store.path");
      }
      if (version != VERSION) {
        throw new IOException(
            file.path()
                + " has version "
                + version
                + ", and this scheduler knows version "
                + VERSION
                + "; start the scheduler that wrote it, or give this one another store.path");
      }
      check(file, statement);
    } catch (SQLException failure) {
      throw refusal(file, failure);
    }
  }

  private static void check(SqliteFile file, Statement statement) throws SQLException, IOException {
    try (ResultSet found = statement.executeQuery("PRAGMA quick_check(1)")) {
      if (!found.next() || !"ok".equals(found.getString(1))) {
        throw corrupt(file, String.valueOf(found.getString(1)), null);
      }
    }
  }

  private static long number(Statement statement, String sql) throws SQLException {
    try (ResultSet found = statement.executeQuery(sql)) {
      return found.next() ? found.getLong(1) : 0;
    }
  }

  private static IOException refusal(SqliteFile file, SQLException failure) {
    SQLiteErrorCode code =
        failure instanceof SQLiteException told
            ? told.getResultCode()
            : SQLiteErrorCode.SQLITE_ERROR;
    return switch (code.code & 0xff) {
      case 11, 26 -> corrupt(file, String.valueOf(failure.getMessage()), failure);
      default ->
          new IOException(file.path() + " cannot be opened: " + failure.getMessage(), failure);
    };
  }

  private static IOException corrupt(SqliteFile file, String found, @Nullable Throwable cause) {
    return new IOException(
        file.path()
            + " is damaged ("
            + found
            + "); put a backup of it in its place, or save what can be read with: sqlite3 "
            + file.path()
            + " .recover, or move it away with its -wal and -shm to start with no jobs",
        cause);
  }
}
