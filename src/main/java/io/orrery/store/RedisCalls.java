package io.orrery.store;

import io.orrery.config.RedisStoreOptions;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.redis.client.Command;
import io.vertx.redis.client.RedisConnection;
import io.vertx.redis.client.Request;
import io.vertx.redis.client.Response;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Runs scripts for callers of any context, on the one connection. */
final class RedisCalls {
  private static final Logger LOG = LoggerFactory.getLogger(RedisCalls.class);
  private static final int TRIES = 3;
  private static final long LOGGED_EVERY = Duration.ofSeconds(1).toNanos();

  private final Vertx vertx;
  private final StoreLimits limits;
  private final String prefix;
  private final RedisMarker marker;
  private final RedisLink link;
  private @Nullable Future<Void> healing;
  private List<String> missing = List.of();
  private long lastLogged = System.nanoTime() - LOGGED_EVERY;

  RedisCalls(Vertx vertx, RedisStoreOptions options, StoreLimits limits, RedisMarker marker) {
    this.vertx = vertx;
    this.limits = limits;
    this.prefix = options.prefix();
    this.marker = marker;
    this.link =
        new RedisLink(vertx, new RedisConnector(vertx, options, limits), limits, this::greet);
  }

  /** Connects, on the context that the connection will belong to. */
  Future<Void> start() {
    return link.start();
  }

  private Future<Void> greet(RedisConnection connection) {
    return marker
        .look(connection)
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
            _ ->
                attempt(script, arguments, TRIES)
                    .map(answer -> reading.apply(Objects.requireNonNull(answer)))
                    .onComplete(call::answer));
    return call.future();
  }

  private Future<@Nullable Response> attempt(
      RedisScript script, Consumer<Request> arguments, int tries) {
    return link.send(request(Command.EVALSHA, script.digest(), arguments))
        .recover(
            failure ->
                says(failure, "NOSCRIPT")
                    ? link.send(request(Command.EVAL, script.text(), arguments))
                    : Future.<@Nullable Response>failedFuture(failure))
        .recover(
            failure ->
                says(failure, "FORGOTTEN") && tries > 1
                    ? heal().<@Nullable Response>compose(_ -> attempt(script, arguments, tries - 1))
                    : Future.<@Nullable Response>failedFuture(told(script, failure)));
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

  private Request request(Command command, String script, Consumer<Request> arguments) {
    Request request = Request.cmd(command).arg(script).arg("0").arg(prefix).arg(marker.known());
    arguments.accept(request);
    return request;
  }

  private static boolean says(Throwable failure, String word) {
    return String.valueOf(failure.getMessage()).contains(word);
  }

  /** Gives the emptied store a name, once for all calls that found it empty. */
  private Future<Void> heal() {
    Future<Void> current = healing;
    if (current == null) {
      LOG.warn("the store in Redis has lost everything that was in it");
      current = link.greetAgain();
      healing = current;
      current.onComplete(_ -> healing = null);
    }
    return current;
  }

  Future<Void> close() {
    Call<Void> call = new Call<>(vertx, limits.patience());
    link.context().runOnContext(_ -> link.close().onComplete(call::answer));
    return call.future();
  }
}
