package io.orrery.store;

import io.orrery.job.ApiException;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.redis.client.RedisConnection;
import io.vertx.redis.client.Request;
import io.vertx.redis.client.Response;
import java.io.IOException;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The one connection to Redis, on which all commands are pipelined, and which is made again
 * whenever it is lost. Belongs to one context.
 *
 * <p>Requests wait for a connection that has just been lost; once a try to connect has failed, they
 * fail at once, until one succeeds. A connection that does not answer a ping is given up.
 */
final class RedisLink {
  private static final Logger LOG = LoggerFactory.getLogger(RedisLink.class);
  static final long PING_MILLIS = 2_000;
  private static final long FIRST_DELAY_MILLIS = 100;
  private static final long LONGEST_DELAY_MILLIS = 5_000;

  private final Vertx vertx;
  private final Context context;
  private final RedisConnector connector;
  private final StoreLimits limits;
  private final Speaking speaking;
  private RedisConnector.@Nullable Connected current;
  private Promise<RedisConnection> next = Promise.promise();
  private @Nullable ApiException trouble;
  private String lastLogged = "";
  private int failures;
  private int underWay;
  private long timer = -1;
  private boolean closed;

  /**
   * What is said to each new connection before it is used, and from time to time, to which any
   * answer will do.
   */
  record Speaking(
      Function<RedisConnection, Future<Void>> greeting,
      Function<RedisConnection, Future<?>> pinging) {}

  /** May be called on the context alone. */
  RedisLink(Vertx vertx, RedisConnector connector, StoreLimits limits, Speaking speaking) {
    this.vertx = vertx;
    this.context = vertx.getOrCreateContext();
    this.connector = connector;
    this.limits = limits;
    this.speaking = speaking;
  }

  Context context() {
    return context;
  }

  /** Connects; tries for the patience, unless the server refuses us, and then says why. */
  Future<Void> start() {
    long deadline = System.nanoTime() + limits.patience().toNanos();
    return attempt(deadline);
  }

  private Future<Void> attempt(long deadline) {
    return connect()
        .recover(
            failure -> {
              if (closed || RedisFailures.isRefusal(failure) || System.nanoTime() > deadline) {
                return Future.failedFuture(
                    new IOException(
                        "the store, Redis at "
                            + connector.address()
                            + ", "
                            + RedisFailures.explained(failure),
                        failure));
              }
              Promise<Void> later = Promise.promise();
              vertx.setTimer(delay(), _ -> attempt(deadline).onComplete(later));
              return later.future();
            });
  }

  private Future<Void> connect() {
    return connector
        .connect()
        .compose(
            made ->
                greet(made)
                    .onFailure(_ -> made.client().close())
                    .map(
                        _ -> {
                          use(made);
                          return null;
                        }))
        .<Void>mapEmpty()
        .onFailure(this::failed);
  }

  private Future<Void> greet(RedisConnector.Connected made) {
    Promise<Void> bounded = Promise.promise();
    long patience =
        vertx.setTimer(
            limits.once().toMillis(),
            _ -> bounded.tryFail(Unavailable.because("does not answer in time")));
    speaking
        .greeting()
        .apply(made.connection())
        .onComplete(
            result -> {
              vertx.cancelTimer(patience);
              if (result.succeeded()) {
                bounded.tryComplete();
              } else {
                bounded.tryFail(result.cause());
              }
            });
    return bounded.future();
  }

  private void use(RedisConnector.Connected made) {
    if (closed) {
      made.client().close();
      return;
    }
    made.connection().endHandler(_ -> lost(made, "the connection was closed"));
    made.connection().exceptionHandler(failure -> lost(made, failure.toString()));
    current = made;
    trouble = null;
    failures = 0;
    lastLogged = "";
    LOG.info("connected to the store, Redis at {}", connector.address());
    next.tryComplete(made.connection());
    timer = vertx.setTimer(PING_MILLIS, _ -> ping(made));
  }

  private void failed(Throwable failure) {
    failures++;
    trouble = RedisFailures.told(failure);
    if (!failure.toString().equals(lastLogged)) {
      lastLogged = failure.toString();
      LOG.warn("the store, Redis at {}, cannot be used: {}", connector.address(), lastLogged);
    }
    next.tryFail(trouble);
    next = Promise.promise();
  }

  private void ping(RedisConnector.Connected made) {
    timer =
        vertx.setTimer(
            limits.once().toMillis(), _ -> lost(made, "a ping was not answered in time"));
    long limit = timer;
    speaking
        .pinging()
        .apply(made.connection())
        .onComplete(
            _ -> {
              if (isCurrent(made) && vertx.cancelTimer(limit)) {
                timer = vertx.setTimer(PING_MILLIS, _ -> ping(made));
              }
            });
  }

  private boolean isCurrent(RedisConnector.Connected made) {
    return made.equals(current);
  }

  /** Gives the connection up, if it is the current one, and connects again. */
  private void lost(RedisConnector.Connected made, String why) {
    if (!isCurrent(made)) {
      return;
    }
    current = null;
    next = Promise.promise();
    vertx.cancelTimer(timer);
    made.client().close();
    if (!closed) {
      LOG.warn("lost the store, Redis at {}: {}", connector.address(), why);
      reconnect(ThreadLocalRandom.current().nextLong(1, FIRST_DELAY_MILLIS));
    }
  }

  private void reconnect(long delay) {
    timer =
        vertx.setTimer(
            delay,
            _ -> {
              if (!closed) {
                connect().onFailure(_ -> reconnect(delay()));
              }
            });
  }

  /** Twice as long after each failure, half of it by chance. */
  private long delay() {
    long most = Math.min(LONGEST_DELAY_MILLIS, FIRST_DELAY_MILLIS << Math.min(failures, 10));
    return ThreadLocalRandom.current().nextLong(most / 2, most + 1);
  }

  /** The answer, which may be nil. The request is made when there is a connection to send it on. */
  Future<@Nullable Response> send(Supplier<Request> request) {
    if (closed) {
      return Future.<@Nullable Response>failedFuture(Unavailable.because("is closed"));
    }
    if (underWay >= limits.waiting()) {
      return Future.<@Nullable Response>failedFuture(
          Unavailable.because("has too many calls waiting"));
    }
    underWay++;
    return connection()
        .<@Nullable Response>compose(connection -> connection.send(request.get()))
        .onComplete(_ -> underWay--);
  }

  /** The same, and fails at once where there is no connection. */
  Future<@Nullable Response> sendNow(Request request) {
    RedisConnector.Connected made = current;
    return made == null
        ? Future.<@Nullable Response>failedFuture(Unavailable.because("lost its connection"))
        : made.connection().send(request);
  }

  private Future<RedisConnection> connection() {
    RedisConnector.Connected made = current;
    if (made != null) {
      return Future.succeededFuture(made.connection());
    }
    return trouble != null ? Future.failedFuture(trouble) : next.future();
  }

  /** Greets the current connection again, as after it turned out to be to another store. */
  Future<Void> greetAgain() {
    RedisConnector.Connected made = current;
    return made == null
        ? Future.failedFuture(Unavailable.because("lost its connection"))
        : greet(made);
  }

  Future<Void> close() {
    closed = true;
    RedisConnector.Connected made = current;
    current = null;
    vertx.cancelTimer(timer);
    next.tryFail(Unavailable.because("is closed"));
    return made == null ? Future.succeededFuture() : made.client().close();
  }
}
