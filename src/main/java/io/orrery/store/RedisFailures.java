package io.orrery.store;

import io.orrery.job.ApiException;
import io.vertx.core.file.FileSystemException;
import java.nio.file.NoSuchFileException;

/** What callers are told of a failure of Redis, by the first word of its error. */
final class RedisFailures {
  private RedisFailures() {}

  static ApiException told(Throwable failure) {
    return failure instanceof ApiException told ? told : Unavailable.because(phrase(failure));
  }

  /** Why a scheduler cannot start with it; completes "the store, Redis at …, ". */
  static String explained(Throwable failure) {
    return failure instanceof StoreTakenException
        ? String.valueOf(failure.getMessage())
        : phrase(failure) + ": " + failure.getMessage() + "; see store.redis in the configuration";
  }

  /** Completes "the scheduler's store …". */
  static String phrase(Throwable failure) {
    if (failure instanceof NoSuchFileException || failure instanceof FileSystemException) {
      return "has a password file that cannot be read";
    }
    if (failure instanceof StoreTakenException) {
      return "is used by another scheduler";
    }
    String message = String.valueOf(failure.getMessage());
    return switch (message.split("[ :]", 2)[0]) {
      case "NOAUTH" -> "asks for a password";
      case "WRONGPASS" -> "refuses the password";
      case "NOPERM" -> "does not allow the scheduler what it needs";
      case "OOM" -> "has no memory left";
      case "READONLY" -> "is read-only";
      case "MISCONF" -> "cannot write to its disk";
      case "LOADING" -> "is still starting";
      case "MASTERDOWN", "CLUSTERDOWN" -> "is a replica without its master";
      case "BUSY" -> "is busy with a script";
      case "FORGOTTEN", "FENCED", "NOSCRIPT" -> "was emptied";
      case "CONNECTION_CLOSED" -> "lost its connection";
      case "ERR" ->
          message.contains("AUTH") || message.contains("password")
              ? "refuses the password"
              : "failed";
      default -> failure instanceof ApiException ? "does not answer in time" : "cannot be reached";
    };
  }

  /** Whether trying again without a change by somebody is useless. */
  static boolean isRefusal(Throwable failure) {
    String phrase = phrase(failure);
    return phrase.contains("password") || phrase.contains("does not allow");
  }
}
