package io.orrery.store;

import io.orrery.job.JobId;
import io.orrery.job.JobState;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonObject;
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

  static StoredJob job(ResultSet row) throws SQLException {
    long ended = row.getLong("ended");
    boolean over = !row.wasNull();
    return new StoredJob(
        new JobId(row.getString("id")),
        row.getLong("sequence"),
        row.getString("owner"),
        JobState.Name.valueOf(row.getString("state")),
        row.getString("worker"),
        row.getInt("priority"),
        EpochNanos.at(row.getLong("created")),
        over ? EpochNanos.at(ended) : null,
        labels(row.getString("labels")),
        Buffer.buffer(row.getBytes("body")));
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
