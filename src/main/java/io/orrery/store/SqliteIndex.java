package io.orrery.store;

import io.orrery.job.JobPosition;
import io.vertx.core.Future;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;

/** The indexes of {@link SqliteSchema}, each named in the query, so that none is passed over. */
final class SqliteIndex implements JobIndex {
  private static final int COUNTED = 10_000;
  private static final String AFTER = "created <= ? AND (created < ? OR id > ?)";

  private final QueryThread thread;
  private final int mostBytes;

  SqliteIndex(QueryThread thread, int mostBytes) {
    this.thread = thread;
    this.mostBytes = mostBytes;
  }

  /** Which rows have the term; its parameters are {@link #parameters}. */
  private static String rows(IndexTerm term) {
    return switch (term.kind()) {
      case ALL -> "job INDEXED BY job_created WHERE true";
      case OWNER -> "job INDEXED BY job_owner WHERE owner = ?";
      case WORKER -> "job INDEXED BY job_worker WHERE worker = ?";
      case STATE -> "job INDEXED BY job_state WHERE state = ?";
      case LABEL -> "label WHERE name = ? AND value = ?";
      case ID_PREFIX -> "job WHERE id >= ? AND id < ?";
    };
  }

  private static List<String> parameters(IndexTerm term) {
    return switch (term.kind()) {
      case ALL -> List.of();
      case OWNER, WORKER, STATE -> List.of(term.value());
      case LABEL -> List.of(term.name(), term.value());
      // Behind every character of an id.
      case ID_PREFIX -> List.of(term.value(), term.value() + "~");
    };
  }

  @Override
  public Future<Long> count(List<IndexTerm> terms) {
    return thread.ask(
        link -> {
          long count = 0;
          for (IndexTerm term : terms) {
            PreparedStatement statement =
                link.prepare(
                    "SELECT count(*) FROM (SELECT 1 FROM "
                        + rows(term)
                        + " LIMIT "
                        + COUNTED
                        + ")");
            bind(statement, 1, parameters(term));
            try (ResultSet row = statement.executeQuery()) {
              count += row.next() ? row.getLong(1) : 0;
            }
          }
          return count;
        });
  }

  @Override
  public Future<Slice> slice(List<IndexTerm> terms, JobPosition after, int limit) {
    return thread.ask(link -> read(link, terms, after, limit));
  }

  private Slice read(SqliteLink link, List<IndexTerm> terms, JobPosition after, int limit)
      throws SQLException {
    PreparedStatement statement = link.prepare(sql(terms));
    long created = EpochNanos.of(after.createTime());
    int next = 1;
    for (IndexTerm term : terms) {
      next = bind(statement, next, parameters(term));
      statement.setLong(next++, created);
      statement.setLong(next++, created);
      statement.setString(next++, after.id().value());
      statement.setInt(next++, limit);
    }
    statement.setInt(next, limit);
    try (ResultSet rows = statement.executeQuery()) {
      return slice(rows, limit);
    }
  }

  /** The ids of each term in order, then the first of them all with their rows. */
  private static String sql(List<IndexTerm> terms) {
    List<String> parts = new ArrayList<>();
    for (IndexTerm term : terms) {
      parts.add(
          "SELECT * FROM (SELECT created, id FROM "
              + rows(term)
              + " AND "
              + AFTER
              + " ORDER BY created DESC, id LIMIT ?)");
    }
    return "WITH found AS MATERIALIZED (SELECT * FROM ("
        + String.join(" UNION ALL ", parts)
        + ") ORDER BY created DESC, id LIMIT ?) SELECT job.* FROM found CROSS JOIN job USING (id)"
        + " ORDER BY found.created DESC, found.id";
  }

  private Slice slice(ResultSet rows, int limit) throws SQLException {
    List<StoredJob> jobs = new ArrayList<>();
    int bytes = 0;
    while (rows.next()) {
      jobs.add(SqliteRows.job(rows));
      bytes += jobs.getLast().body().length();
      if (bytes >= mostBytes) {
        return new Slice(jobs, false);
      }
    }
    return new Slice(jobs, jobs.size() < limit);
  }

  private static int bind(PreparedStatement statement, int first, List<String> values)
      throws SQLException {
    int next = first;
    for (String value : values) {
      statement.setString(next++, value);
    }
    return next;
  }
}
