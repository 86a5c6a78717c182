package io.orrery.store;

import io.orrery.config.RedisStoreOptions;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.redis.client.Command;
import io.vertx.redis.client.RedisConnection;
import io.vertx.redis.client.Request;
import io.vertx.redis.client.Response;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs scripts for callers of any context, on the one connection. Calls come to Redis in the order
 * in which they were made, also those that are made again: so the newest write of a job is the one
 * that stays.
 */
final class RedisCalls {
  private static final Logger LOG = LoggerFactory.getLogger(RedisCalls.class);
  private static final int TRIES = 3;
  private static final long LOGGED_EVERY = Duration.ofSeconds(1).toNanos();

  private final Vertx vertx;
  private final StoreLimits limits;
  private final RedisLease lease;
  private final RedisLink link;

  /** Those that are made again when the connection has been greeted again, by their place. */
  private final TreeMap<Long, Asked> held = new TreeMap<>();

  private long places;
  private boolean healing;
  private List<String> missing = List.of();
  private long lastLogged = System.nanoTime() - LOGGED_EVERY;

  /** One call. */
  private final class Asked {
    private final RedisScript script;
    private final Consumer<Request> arguments;
    private final Promise<@Nullable Response> answer = Promise.promise();
    private final long place = places++;
    private int tries = TRIES;

    Asked(RedisScript script, Consumer<Request> arguments) {
      this.script = script;
      this.arguments = arguments;
    }

    Request request() {
      Request request = lease.request(Command.EVALSHA, script.digest());
      arguments.accept(request);
      return request;
    }
  }

  RedisCalls(Vertx vertx, RedisStoreOptions options, StoreLimits limits, RedisLease lease) {
    this.vertx = vertx;
    this.limits = limits;
    this.lease = lease;
    this.link =
        new RedisLink(
            vertx,
            new RedisConnector(vertx, options, limits),
            limits,
            new RedisLink.Speaking(this::greet, this::ping));
  }

  /** Connects, on the context that the connection will belong to. */
  Future<Void> start() {
    return link.start();
  }

  private Future<Void> greet(RedisConnection connection) {
    List<Future<@Nullable Response>> scripts = new ArrayList<>();
    for (RedisScript script : RedisScript.values()) {
      scripts.add(connection.send(Request.cmd(Command.SCRIPT).arg("LOAD").arg(script.text())));
    }
    return Future.all(scripts)
        .compose(_ -> lease.take(connection))
        .compose(_ -> RedisGuarantees.missing(connection))
        .onSuccess(
            found -> {
              if (!found.equals(missing)) {
                found.forEach(sentence -> LOG.warn("the store in Redis: {}", sentence));
              }
              missing = found;
            })
        .mapEmpty();
  }

  /** Renews the lease, which also tells soon that the store is not the one that it was. */
  private Future<?> ping(RedisConnection connection) {
    String length = Long.toString(RedisLease.LENGTH.toMillis());
    return connection
        .send(lease.request(Command.EVALSHA, RedisScript.RENEW.digest()).arg(length))
        .onFailure(
            failure -> {
              if (isStale(failure)) {
                heal();
              }
            });
  }

  /** What the server is not set to as it must be; looked at whenever it is connected to. */
  List<String> missingGuarantees() {
    return missing;
  }

  /**
   * Runs the script with the arguments that are added, and reads its answer, which is never nil.
   */
  <T> Future<T> ask(
      RedisScript script, Consumer<Request> arguments, Function<Response, T> reading) {
    Call<T> call = new Call<>(vertx, limits.patience());
    link.context()
        .runOnContext(
            _ -> {
              Asked asked = new Asked(script, arguments);
              asked
                  .answer
                  .future()
                  .map(answer -> reading.apply(Objects.requireNonNull(answer)))
                  .onComplete(call::answer);
              send(asked);
            });
    return call.future();
  }

  private void send(Asked asked) {
    if (healing) {
      held.put(asked.place, asked);
      return;
    }
    asked.tries--;
    link.send(asked::request)
        .onSuccess(asked.answer::complete)
        .onFailure(
            failure -> {
              if (isStale(failure) && asked.tries > 0) {
                held.put(asked.place, asked);
                heal();
              } else {
                asked.answer.fail(told(asked.script, failure));
              }
            });
  }

  /** Whether nothing was done, and all may be well once the connection is greeted again. */
  private static boolean isStale(Throwable failure) {
    String message = String.valueOf(failure.getMessage());
    return message.contains("FORGOTTEN")
        || message.contains("FENCED")
        || message.contains("NOSCRIPT");
  }

  /** Greets again, once for all calls that were made before it, whose answers come before it. */
  private void heal() {
    if (healing) {
      return;
    }
    healing = true;
    link.greetAgain()
        .onComplete(
            greeted -> {
              healing = false;
              List<Asked> again = List.copyOf(held.values());
              held.clear();
              for (Asked asked : again) {
                if (greeted.succeeded()) {
                  send(asked);
                } else {
                  asked.answer.fail(told(asked.script, greeted.cause()));
                }
              }
            });
  }

  private Throwable told(RedisScript script, Throwable failure) {
    Throwable told = RedisFailures.told(failure);
    long now = System.nanoTime();
    if (told != failure && now - lastLogged >= LOGGED_EVERY) {
      lastLogged = now;
      LOG.warn("{} in the store failed: {}", script, failure.toString());
    }
    return told;
  }

  /** Gives the lease back, where that can be done soon. */
  Future<Void> close() {
    Call<Void> call = new Call<>(vertx, limits.patience());
    link.context()
        .runOnContext(_ -> release().transform(_ -> link.close()).onComplete(call::answer));
    return call.future();
  }

  private Future<Void> release() {
    Promise<Void> over = Promise.promise();
    long patience = vertx.setTimer(limits.once().toMillis(), _ -> over.tryComplete());
    link.sendNow(lease.request(Command.EVALSHA, RedisScript.RELEASE.digest()))
        .onComplete(_ -> over.tryComplete());
    return over.future().onComplete(_ -> vertx.cancelTimer(patience));
  }
}
