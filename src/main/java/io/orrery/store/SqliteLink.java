package io.orrery.store;

import java.io.IOException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One thread's connection, opened when it is needed, with its prepared statements. It belongs to
 * that thread.
 */
final class SqliteLink {
  private static final Logger LOG = LoggerFactory.getLogger(SqliteLink.class);

  private final SqliteFile file;
  private final Map<String, PreparedStatement> prepared = new HashMap<>();
  private @Nullable Connection connection;
  private @Nullable Object key;

  SqliteLink(SqliteFile file) {
    this.file = file;
    this.key = file.key();
  }

  /**
   * Turns to the file that has the name now; true when it is another one than before, since
   * somebody removed or replaced that. Where there is none, it is made, empty.
   */
  boolean refresh() throws SQLException {
    Object current = file.key();
    if (current != null && current.equals(key)) {
      return false;
    }
    close();
    try {
      file.prepare();
    } catch (IOException failure) {
      throw new SQLException(failure.getMessage(), failure);
    }
    boolean replaced = !Objects.equals(key, file.key());
    key = file.key();
    return replaced;
  }

  /** The statement, which stays open for the next time. */
  PreparedStatement prepare(String sql) throws SQLException {
    PreparedStatement known = prepared.get(sql);
    if (known == null) {
      Connection open = connection;
      if (open == null) {
        open = file.connect();
        connection = open;
      }
      known = open.prepareStatement(sql);
      prepared.put(sql, known);
    }
    return known;
  }

  /** Closes the connection, which rolls back; the next statement opens another. */
  void close() {
    Connection open = connection;
    connection = null;
    prepared.clear();
    if (open != null) {
      try {
        open.close();
      } catch (SQLException failure) {
        LOG.warn("a connection to the store was not closed: {}", failure.toString());
      }
    }
  }
}
