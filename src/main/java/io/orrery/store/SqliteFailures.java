package io.orrery.store;

import java.sql.SQLException;
import org.sqlite.SQLiteException;

/** What callers are told of a failure of SQLite, by its result code (sqlite.org/rescode.html). */
final class SqliteFailures {
  private SqliteFailures() {}

  /** A fault of ours stays what it is. */
  static Throwable told(Throwable failure) {
    return failure instanceof SQLException sql ? Unavailable.because(phrase(sql)) : failure;
  }

  private static String phrase(SQLException failure) {
    int code = failure instanceof SQLiteException told ? told.getResultCode().code & 0xff : 1;
    return switch (code) {
      case 5, 6 -> "is locked by another program";
      case 8, 3 -> "is read-only";
      case 10 -> "cannot be read or written";
      case 11, 26 -> "is damaged";
      case 13 -> "has no room left on its disk";
      case 14 -> "cannot be opened";
      default -> "failed";
    };
  }
}
