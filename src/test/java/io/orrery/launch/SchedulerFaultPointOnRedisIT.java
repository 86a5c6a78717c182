package io.orrery.launch;

import io.orrery.store.RedisServer;
import io.vertx.core.json.JsonObject;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;

/** The same with what waits in a Redis server. */
final class SchedulerFaultPointOnRedisIT extends SchedulerFaultPointIT {
  private Optional<RedisServer> redis = Optional.empty();

  @Override
  JsonObject store(Path directory) throws Exception {
    if (redis.isEmpty()) {
      redis = Optional.of(RedisServer.start(Files.createDirectory(directory.resolve("redis"))));
    }
    JsonObject server = new JsonObject().put("port", redis.get().port());
    return new JsonObject().put("type", "redis").put("redis", server);
  }

  @AfterEach
  void end() {
    redis.ifPresent(RedisServer::close);
  }
}
