package io.orrery.store;

import io.orrery.job.JobId;
import io.vertx.core.buffer.Buffer;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * The statements that change and read single jobs and values; they run on the thread of the link.
 */
final class SqliteJobs {
  private static final String INSERT =
      "INSERT INTO job (" + SqliteRows.COLUMNS + ") VALUES (?,?,?,?,?,?,?,?,?,?) ";
  private static final String REPLACE =
      INSERT
          + """
          ON CONFLICT (id) DO UPDATE SET sequence = excluded.sequence, owner = excluded.owner,
            state = excluded.state, worker = excluded.worker, priority = excluded.priority,
            created = excluded.created, ended = excluded.ended, labels = excluded.labels,
            body = excluded.body\
          """;

  private SqliteJobs() {}

  static boolean insert(SqliteLink link, StoredJob job) throws SQLException {
    PreparedStatement statement = link.prepare(INSERT + "ON CONFLICT (id) DO NOTHING");
    SqliteRows.bind(statement, job);
    if (statement.executeUpdate() == 0) {
      return false;
    }
    insertLabels(link, job);
    return true;
  }

  static boolean put(SqliteLink link, StoredJob job) throws SQLException {
    boolean sameLabels = !removeLabels(link, job);
    PreparedStatement statement = link.prepare(REPLACE);
    SqliteRows.bind(statement, job);
    statement.executeUpdate();
    if (!sameLabels) {
      insertLabels(link, job);
    }
    return true;
  }

  /** Removes the labels of the job that there is, unless they are those of the new one. */
  private static boolean removeLabels(SqliteLink link, StoredJob job) throws SQLException {
    PreparedStatement statement = link.prepare("SELECT created, labels FROM job WHERE id = ?");
    statement.setString(1, job.id().value());
    try (ResultSet row = statement.executeQuery()) {
      if (row.next()) {
        long created = row.getLong(1);
        String labels = row.getString(2);
        if (created == EpochNanos.of(job.createTime())
            && labels.equals(SqliteRows.json(job.labels()))) {
          return false;
        }
        deleteLabels(link, job.id().value(), created, labels);
      }
      return true;
    }
  }

  private static void insertLabels(SqliteLink link, StoredJob job) throws SQLException {
    PreparedStatement statement =
        link.prepare("INSERT INTO label (name, value, created, id) VALUES (?, ?, ?, ?)");
    eachLabel(statement, job.id().value(), EpochNanos.of(job.createTime()), job.labels());
  }

  private static void deleteLabels(SqliteLink link, String id, long created, String labels)
      throws SQLException {
    PreparedStatement statement =
        link.prepare("DELETE FROM label WHERE name = ? AND value = ? AND created = ? AND id = ?");
    eachLabel(statement, id, created, SqliteRows.labels(labels));
  }

  private static void eachLabel(
      PreparedStatement statement, String id, long created, Map<String, String> labels)
      throws SQLException {
    for (var label : labels.entrySet()) {
      statement.setString(1, label.getKey());
      statement.setString(2, label.getValue());
      statement.setLong(3, created);
      statement.setString(4, id);
      statement.executeUpdate();
    }
  }

  /** Removes those that there are, and answers how many. */
  static int remove(SqliteLink link, Collection<String> ids) throws SQLException {
    PreparedStatement delete =
        link.prepare("DELETE FROM job WHERE id = ? RETURNING created, labels");
    int removed = 0;
    for (String id : ids) {
      delete.setString(1, id);
      try (ResultSet row = delete.executeQuery()) {
        while (row.next()) {
          removed++;
          deleteLabels(link, id, row.getLong(1), row.getString(2));
        }
      }
    }
    return removed;
  }

  /** Of the jobs that ended before the time, those that ended first. */
  static List<String> endedBefore(SqliteLink link, long time, long limit) throws SQLException {
    PreparedStatement statement =
        link.prepare(
            "SELECT id FROM job WHERE ended IS NOT NULL AND ended < ? ORDER BY ended LIMIT ?");
    statement.setLong(1, time);
    statement.setLong(2, limit);
    List<String> ids = new ArrayList<>();
    try (ResultSet rows = statement.executeQuery()) {
      while (rows.next()) {
        ids.add(rows.getString(1));
      }
    }
    return ids;
  }

  static long ended(SqliteLink link) throws SQLException {
    try (ResultSet row =
        link.prepare("SELECT count(*) FROM job WHERE ended IS NOT NULL").executeQuery()) {
      return row.next() ? row.getLong(1) : 0;
    }
  }

  static Optional<StoredJob> get(SqliteLink link, JobId id) throws SQLException {
    PreparedStatement statement =
        link.prepare("SELECT " + SqliteRows.COLUMNS + " FROM job WHERE id = ?");
    statement.setString(1, id.value());
    try (ResultSet row = statement.executeQuery()) {
      return row.next() ? Optional.of(SqliteRows.job(row)) : Optional.empty();
    }
  }

  /** In order of their sequence, until they have this many bytes. */
  static List<StoredJob> unfinished(
      SqliteLink link, long afterSequence, String afterId, int limit, int mostBytes)
      throws SQLException {
    PreparedStatement statement =
        link.prepare(
            "SELECT "
                + SqliteRows.COLUMNS
                + " FROM job INDEXED BY job_unfinished"
                + " WHERE ended IS NULL AND (sequence, id) > (?, ?) ORDER BY sequence, id LIMIT ?");
    statement.setLong(1, afterSequence);
    statement.setString(2, afterId);
    statement.setInt(3, Math.max(0, limit));
    List<StoredJob> jobs = new ArrayList<>();
    int bytes = 0;
    try (ResultSet rows = statement.executeQuery()) {
      while (bytes < mostBytes && rows.next()) {
        jobs.add(SqliteRows.job(rows));
        bytes += jobs.getLast().body().length();
      }
    }
    return jobs;
  }

  static List<JobId> ids(SqliteLink link, String after, int limit) throws SQLException {
    PreparedStatement statement =
        link.prepare("SELECT id FROM job WHERE id > ? ORDER BY id LIMIT ?");
    statement.setString(1, after);
    statement.setInt(2, Math.max(0, limit));
    List<JobId> ids = new ArrayList<>();
    try (ResultSet rows = statement.executeQuery()) {
      while (rows.next()) {
        ids.add(new JobId(rows.getString(1)));
      }
    }
    return ids;
  }

  static boolean putValue(SqliteLink link, String name, Buffer value) throws SQLException {
    PreparedStatement statement =
        link.prepare(
            "INSERT INTO value (name, value) VALUES (?, ?)"
                + " ON CONFLICT (name) DO UPDATE SET value = excluded.value");
    statement.setString(1, name);
    statement.setBytes(2, value.getBytes());
    return statement.executeUpdate() > 0;
  }

  static boolean removeValue(SqliteLink link, String name) throws SQLException {
    PreparedStatement statement = link.prepare("DELETE FROM value WHERE name = ?");
    statement.setString(1, name);
    return statement.executeUpdate() > 0;
  }

  /** The values whose names begin so. */
  static Map<String, Buffer> values(SqliteLink link, String prefix) throws SQLException {
    PreparedStatement statement =
        link.prepare(
            "SELECT name, value FROM value WHERE name >= ?1 AND substr(name, 1, length(?1)) = ?1");
    statement.setString(1, prefix);
    Map<String, Buffer> found = new TreeMap<>();
    try (ResultSet rows = statement.executeQuery()) {
      while (rows.next()) {
        found.put(rows.getString(1), Buffer.buffer(rows.getBytes(2)));
      }
    }
    return found;
  }
}
