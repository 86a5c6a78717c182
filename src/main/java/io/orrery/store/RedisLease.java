package io.orrery.store;

import io.vertx.core.Future;
import io.vertx.redis.client.Command;
import io.vertx.redis.client.RedisConnection;
import io.vertx.redis.client.Request;
import io.vertx.redis.client.Response;
import java.io.IOException;
import java.time.Duration;
import java.util.Objects;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Who may write to the store: the connection that took it last. Belongs to the link's context.
 *
 * <p>Each new connection takes the store in the name of its process, with a session of its own, so
 * that what is still under way on one that was given up changes nothing any more. A process that
 * starts takes it from one that has not renewed its lease, or that had the same directory, whose
 * lock says that it is no more. One that finds another process there after it had the store has
 * lost it for good: what it knows may be old.
 *
 * <p>The store has a random name, given to it when it is empty: another name than the one that was
 * known means that all was lost.
 */
final class RedisLease {
  private static final Logger LOG = LoggerFactory.getLogger(RedisLease.class);

  /** Three times as long as from one renewal to the next. */
  static final Duration LENGTH = Duration.ofMillis(3 * RedisLink.PING_MILLIS);

  private final String prefix;
  private final String process = UUID.randomUUID().toString();
  private final String directory;
  private final String name;
  private final Runnable forgotten;
  private String store = "";
  private int session;
  private boolean lost;

  RedisLease(String prefix, StoreDirectory directory, Runnable forgotten) throws IOException {
    this.prefix = prefix;
    this.directory = directory.id();
    this.name = StoreDirectory.thisProcess();
    this.forgotten = forgotten;
  }

  /** A script with the arguments that all of them have; {@code script} is its text or digest. */
  Request request(Command command, String script) {
    return Request.cmd(command).arg(script).arg("0").arg(prefix).arg(store).arg(session());
  }

  private String session() {
    return process + "/" + session;
  }

  /**
   * Takes the store for this connection, and tells when it is not the one that was known.
   *
   * @return fails when another scheduler has it
   */
  Future<Void> take(RedisConnection connection) {
    session++;
    Request request =
        Request.cmd(Command.EVAL)
            .arg(RedisScript.TAKE.text())
            .arg("0")
            .arg(prefix)
            .arg(UUID.randomUUID().toString())
            .arg(session())
            .arg(process)
            .arg(directory)
            .arg(name)
            .arg(Long.toString(LENGTH.toMillis()))
            .arg(store.isEmpty() ? "first" : "again");
    return connection.send(request).compose(answer -> taken(Objects.requireNonNull(answer)));
  }

  private Future<Void> taken(Response answer) {
    String other = answer.get(0).toString();
    if (!other.isEmpty()) {
      return Future.failedFuture(refusal(other));
    }
    String found = answer.get(1).toString();
    boolean another = !store.isEmpty() && !store.equals(found);
    store = found;
    if (another) {
      LOG.warn("the store in Redis has lost everything that was in it");
      forgotten.run();
    }
    return Future.succeededFuture();
  }

  private Exception refusal(String other) {
    if (store.isEmpty()) {
      return new StoreTakenException(
          "is used with the same store.redis.prefix, "
              + prefix
              + ", by another scheduler: "
              + other
              + "; stop that one, or give each a prefix of its own (one that was killed keeps it"
              + " for "
              + LENGTH.toSeconds()
              + " s)");
    }
    if (!lost) {
      lost = true;
      LOG.error(
          "another scheduler has taken the store in Redis while this one did not answer: {}; this"
              + " one takes no jobs any more and is to be stopped",
          other);
    }
    return Unavailable.taken();
  }
}
