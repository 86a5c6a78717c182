package io.orrery.store;

import io.orrery.config.RedisStoreOptions;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.net.NetClientOptions;
import io.vertx.core.net.PemKeyCertOptions;
import io.vertx.core.net.PemTrustOptions;
import io.vertx.redis.client.Command;
import io.vertx.redis.client.Redis;
import io.vertx.redis.client.RedisConnection;
import io.vertx.redis.client.RedisOptions;
import io.vertx.redis.client.Request;
import java.nio.file.Path;
import java.util.Set;

/**
 * Makes one connection to Redis, with the password and the database. Each has a client of its own,
 * since the client's pool takes back connections that should be closed.
 */
final class RedisConnector {
  private final Vertx vertx;
  private final RedisStoreOptions options;
  private final StoreLimits limits;

  RedisConnector(Vertx vertx, RedisStoreOptions options, StoreLimits limits) {
    this.vertx = vertx;
    this.options = options;
    this.limits = limits;
  }

  /** A connection and what to close with it. */
  record Connected(Redis client, RedisConnection connection) {}

  String address() {
    return options.host() + ":" + options.port();
  }

  /** Fails after half of the patience, at the latest. */
  Future<Connected> connect() {
    Redis client = Redis.createClient(vertx, redisOptions());
    Promise<Connected> bounded = Promise.promise();
    long timer =
        vertx.setTimer(
            limits.once().toMillis(),
            _ -> bounded.tryFail(Unavailable.because("does not answer in time")));
    client
        .connect()
        .compose(
            connection ->
                authenticate(connection)
                    .compose(_ -> select(connection))
                    .map(_ -> new Connected(client, connection)))
        .onComplete(
            result -> {
              if (result.succeeded()) {
                bounded.tryComplete(result.result());
              } else {
                bounded.tryFail(result.cause());
              }
            });
    return bounded
        .future()
        .onComplete(_ -> vertx.cancelTimer(timer))
        .onFailure(_ -> client.close());
  }

  private Future<Void> authenticate(RedisConnection connection) {
    Path file = options.passwordFile();
    if (file == null) {
      return Future.succeededFuture();
    }
    return vertx
        .fileSystem()
        .readFile(file.toString())
        .compose(
            content -> {
              Request auth = Request.cmd(Command.AUTH);
              if (!options.username().isEmpty()) {
                auth.arg(options.username());
              }
              String password = content.toString().lines().findFirst().orElse("");
              return connection.send(auth.arg(password)).mapEmpty();
            });
  }

  private Future<Void> select(RedisConnection connection) {
    return options.database() == 0
        ? Future.succeededFuture()
        : connection
            .send(Request.cmd(Command.SELECT).arg(Integer.toString(options.database())))
            .mapEmpty();
  }

  private RedisOptions redisOptions() {
    String scheme = options.tls().enabled() ? "rediss://" : "redis://";
    String host = options.host().contains(":") ? "[" + options.host() + "]" : options.host();
    return new RedisOptions()
        .setConnectionString(scheme + host + ":" + options.port())
        .setNetClientOptions(netOptions())
        // With HELLO the password would have to be in the options, which print as JSON.
        .setProtocolNegotiation(false)
        .setMaxPoolSize(1)
        .setMaxPoolWaiting(1)
        .setPoolCleanerInterval(-1)
        .setMaxWaitingHandlers(limits.waiting() + 1000);
  }

  private NetClientOptions netOptions() {
    NetClientOptions net =
        new NetClientOptions()
            .setConnectTimeout((int) limits.once().toMillis())
            .setTcpKeepAlive(true)
            .setTcpNoDelay(true);
    RedisStoreOptions.Tls tls = options.tls();
    if (!tls.enabled()) {
      return net;
    }
    net.setSsl(true)
        .setHostnameVerificationAlgorithm("HTTPS")
        .setEnabledSecureTransportProtocols(Set.of("TLSv1.3", "TLSv1.2"));
    if (tls.ca() != null) {
      net.setTrustOptions(new PemTrustOptions().addCertPath(tls.ca().toString()));
    }
    if (tls.cert() != null && tls.key() != null) {
      net.setKeyCertOptions(
          new PemKeyCertOptions()
              .setCertPath(tls.cert().toString())
              .setKeyPath(tls.key().toString()));
    }
    return net;
  }
}
