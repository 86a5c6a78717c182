package io.orrery.scheduler;

import io.orrery.metrics.Readiness;
import io.orrery.rpc.TimeLimit;
import io.orrery.store.JobStore;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Whether the scheduler does its work: it has taken up what it knew, it listens, the workers that
 * it knew had their time to come back, and its store takes a write. It belongs to the scheduler's
 * one context.
 */
final class SchedulerReadiness implements Readiness {
  static final String VALUE = "readiness";

  /** A store that is fine needs a small part of this. */
  private static final Duration PATIENCE = Duration.ofMillis(500);

  private static final long FRESH_NANOS = Duration.ofSeconds(1).toNanos();

  private final Settling settling;
  private @Nullable JobStore store;
  private String phase = "the store is being opened";
  private @Nullable Future<List<String>> last;
  private long lastTime;
  private Supplier<Optional<String>> fullBecause = Optional::empty;

  SchedulerReadiness(Settling settling) {
    this.settling = settling;
  }

  /** {@code full} says why no new jobs are taken, if so. */
  void opened(JobStore opened, Supplier<Optional<String>> full) {
    store = opened;
    fullBecause = full;
    phase = "the jobs of before are being taken up";
  }

  /** It serves. */
  void listens() {
    phase = "";
  }

  void stops() {
    phase = "the scheduler is about to stop";
  }

  @Override
  public Future<List<String>> troubles() {
    if (store == null || !phase.isEmpty()) {
      return Future.succeededFuture(List.of(phase));
    }
    if (!settling.isOver()) {
      return Future.succeededFuture(List.of("workers that were known before are waited for"));
    }
    return ofStore(store)
        .map(found -> Stream.concat(found.stream(), fullBecause.get().stream()).toList());
  }

  /** A write, since a disk may be full; one a second at the most, however many ask. */
  private Future<List<String>> ofStore(JobStore asked) {
    Future<List<String>> known = last;
    if (known != null && (!known.isComplete() || System.nanoTime() - lastTime < FRESH_NANOS)) {
      return known;
    }
    Future<List<String>> found =
        TimeLimit.within(PATIENCE, asked.putValue(VALUE, Buffer.buffer()))
            .transform(
                put ->
                    Future.succeededFuture(
                        put.succeeded()
                            ? List.of()
                            : List.of("the store takes no writes: " + put.cause().getMessage())));
    lastTime = System.nanoTime();
    last = found;
    return found;
  }
}
