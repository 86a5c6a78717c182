package io.orrery.store;

import io.vertx.core.Future;
import io.vertx.redis.client.Command;
import io.vertx.redis.client.RedisConnection;
import io.vertx.redis.client.Request;
import java.util.UUID;

/**
 * The random name that an empty store is given, by which it is known again: another name means that
 * all was lost. Belongs to the link's context.
 */
final class RedisMarker {
  private final String key;
  private final Runnable forgotten;
  private String known = "";

  RedisMarker(String prefix, Runnable forgotten) {
    this.key = prefix + "store";
    this.forgotten = forgotten;
  }

  /** "" before the first connection. */
  String known() {
    return known;
  }

  /** Names the store if it has no name, and tells when it is not the one that was known. */
  Future<Void> look(RedisConnection connection) {
    return connection
        .send(Request.cmd(Command.SET).arg(key).arg(UUID.randomUUID().toString()).arg("NX"))
        .compose(_ -> connection.send(Request.cmd(Command.GET).arg(key)))
        .compose(
            name -> {
              if (name == null) {
                return Future.failedFuture(Unavailable.because("is being emptied"));
              }
              boolean other = !known.isEmpty() && !known.equals(name.toString());
              known = name.toString();
              if (other) {
                forgotten.run();
              }
              return Future.succeededFuture();
            });
  }
}
