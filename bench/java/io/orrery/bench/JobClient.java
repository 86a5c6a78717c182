package io.orrery.bench;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.List;

/** Starts a job that does nothing and waits for its end, again and again until the time is over. */
final class JobClient {
  private static final List<String> NOTHING = List.of("true");

  private final Server server;
  private final Samples samples;
  private final long endNanos;
  private final Promise<Void> done = Promise.promise();

  private JobClient(Server server, Samples samples, long endNanos) {
    this.server = server;
    this.samples = samples;
    this.endNanos = endNanos;
  }

  /** Adds the microseconds of each job to the samples; succeeds after the last one. */
  static Future<Void> run(Server server, Samples samples, long endNanos) {
    JobClient client = new JobClient(server, samples, endNanos);
    client.next();
    return client.done.future();
  }

  private void next() {
    long begin = System.nanoTime();
    if (begin >= endNanos) {
      done.complete();
      return;
    }
    server
        .start(NOTHING)
        .compose(id -> server.read(id, _ -> {}))
        .onSuccess(
            _ -> {
              samples.addMicros(System.nanoTime() - begin);
              next();
            })
        .onFailure(done::fail);
  }
}
