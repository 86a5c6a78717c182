package io.orrery.store;

import io.orrery.job.JobId;
import io.orrery.job.JobState;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonObject;
import java.nio.charset.StandardCharsets;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Types;
import java.time.Instant;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** Jobs as rows of the table {@code job}. */
final class SqliteRows {
  static final String COLUMNS =
      "id, sequence, owner, state, worker, priority, created, ended, labels, body";

  /** Most jobs have no labels. */
  private static final String NONE = "{}";

  private SqliteRows() {}

  /**
   * The job of a row with the ten columns of {@link #COLUMNS}, which is a whole row of the table.
   */
  static StoredJob job(ResultSet row) throws SQLException {
    long ended = row.getLong(8);
    boolean over = !row.wasNull();
    return new StoredJob(
        new JobId(text(row, 1)),
        row.getLong(2),
        text(row, 3),
        JobState.Name.valueOf(text(row, 4)),
        text(row, 5),
        row.getInt(6),
        EpochNanos.at(row.getLong(7)),
        over ? EpochNanos.at(ended) : null,
        labels(text(row, 9)),
        Buffer.buffer(row.getBytes(10)));
  }

  /**
   * The text of a column that has one; {@code getString} would wrap its memory in a buffer first.
   */
  private static String text(ResultSet row, int column) throws SQLException {
    byte[] bytes = row.getBytes(column);
    return bytes == null ? "" : new String(bytes, StandardCharsets.UTF_8);
  }

  /** Fills the ten places of a statement, in the order of {@link #COLUMNS}. */
  static void bind(PreparedStatement statement, StoredJob job) throws SQLException {
    statement.setString(1, job.id().value());
    statement.setLong(2, job.sequence());
    statement.setString(3, job.owner());
    statement.setString(4, job.state().name());
    statement.setString(5, job.workerId());
    statement.setInt(6, job.priority());
    statement.setLong(7, EpochNanos.of(job.createTime()));
    Instant ended = job.endTime();
    if (ended == null) {
      statement.setNull(8, Types.INTEGER);
    } else {
      statement.setLong(8, EpochNanos.of(ended));
    }
    statement.setString(9, json(job.labels()));
    statement.setBytes(10, job.body().getBytes());
  }

  /** Labels as JSON, always the same for the same labels. */
  static String json(Map<String, String> labels) {
    return labels.isEmpty() ? NONE : new JsonObject(new TreeMap<>(labels)).encode();
  }

  static Map<String, String> labels(String json) {
    return json.equals(NONE)
        ? Map.of()
        : new JsonObject(json)
            .stream()
                .collect(Collectors.toMap(Map.Entry::getKey, label -> (String) label.getValue()));
  }
}
