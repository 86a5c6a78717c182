package io.orrery.store;

import io.vertx.core.Future;
import io.vertx.redis.client.Command;
import io.vertx.redis.client.RedisConnection;
import io.vertx.redis.client.Request;
import io.vertx.redis.client.Response;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Whether the server is set so that it keeps what it has acknowledged. */
final class RedisGuarantees {
  private RedisGuarantees() {}

  /** The settings and what they must be. */
  private static final Map<String, String> NEEDED =
      new TreeMap<>(
          Map.of("appendonly", "yes", "appendfsync", "always", "maxmemory-policy", "noeviction"));

  /** What is missing, one sentence each; empty when all is as it must be. */
  static Future<List<String>> missing(RedisConnection connection) {
    List<Future<@Nullable Response>> answers =
        NEEDED.keySet().stream()
            .map(name -> connection.send(Request.cmd(Command.CONFIG).arg("GET").arg(name)))
            .toList();
    return Future.join(answers)
        .transform(
            result ->
                Future.succeededFuture(
                    result.failed()
                        ? List.of(
                            "whether it keeps what it acknowledges is not known, since it does not"
                                + " allow CONFIG GET ("
                                + result.cause().getMessage()
                                + "); it must have "
                                + NEEDED)
                        : sentences(answers)));
  }

  private static List<String> sentences(List<Future<@Nullable Response>> answers) {
    List<String> missing = new ArrayList<>();
    for (Future<@Nullable Response> settled : answers) {
      Response answer = Objects.requireNonNull(settled.result());
      String name = answer.get(0).toString();
      String value = answer.get(1).toString();
      if (!value.equals(NEEDED.get(name))) {
        missing.add(
            switch (name) {
              case "maxmemory-policy" ->
                  "when its memory is full it drops keys, and jobs with them: "
                      + name
                      + " is "
                      + value
                      + " and must be noeviction";
              default ->
                  "what it acknowledges may be lost when it or its host fails: "
                      + name
                      + " is "
                      + value
                      + " and must be "
                      + NEEDED.get(name);
            });
      }
    }
    return missing;
  }
}
