package io.orrery.store;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.orrery.job.JobFilter;
import io.orrery.job.JobId;
import io.orrery.job.JobPosition;
import io.orrery.metrics.Buckets;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;

/** A store of which each call is timed. */
final class MeasuredStore implements JobStore {
  private final JobStore store;
  private final MeterRegistry registry;
  private final Map<Outcome, Timer> times = new ConcurrentHashMap<>();

  private record Outcome(String call, boolean succeeded) {}

  MeasuredStore(JobStore store, MeterRegistry registry) {
    this.store = store;
    this.registry = registry;
  }

  private <T> Future<T> measure(String call, Supplier<Future<T>> made) {
    long begin = System.nanoTime();
    return made.get()
        .onComplete(
            result ->
                times
                    .computeIfAbsent(new Outcome(call, result.succeeded()), this::timer)
                    .record(Duration.ofNanos(System.nanoTime() - begin)));
  }

  private Timer timer(Outcome outcome) {
    return Buckets.times("orrery.store.call", "How long calls of the store took")
        .tag("call", outcome.call())
        .tag("outcome", outcome.succeeded() ? "ok" : "failed")
        .register(registry);
  }

  @Override
  public Future<Void> put(StoredJob job) {
    return measure("put", () -> store.put(job));
  }

  @Override
  public Future<Boolean> insert(StoredJob job) {
    return measure("insert", () -> store.insert(job));
  }

  @Override
  public Future<Optional<StoredJob>> get(JobId id) {
    return measure("get", () -> store.get(id));
  }

  @Override
  public Future<Void> remove(Collection<JobId> ids) {
    return measure("remove", () -> store.remove(ids));
  }

  @Override
  public Future<List<StoredJob>> unfinished(long afterSequence, String afterId, int limit) {
    return measure("unfinished", () -> store.unfinished(afterSequence, afterId, limit));
  }

  @Override
  public Future<List<JobId>> ids(String after, int limit) {
    return measure("ids", () -> store.ids(after, limit));
  }

  @Override
  public Future<List<StoredJob>> list(JobFilter filter, Optional<JobPosition> after, int limit) {
    return measure("list", () -> store.list(filter, after, limit));
  }

  @Override
  public Future<Integer> prune(Instant endedBefore, long keepAtMost) {
    return measure("prune", () -> store.prune(endedBefore, keepAtMost));
  }

  @Override
  public Future<Optional<Buffer>> value(String name) {
    return measure("value", () -> store.value(name));
  }

  @Override
  public Future<Void> putValue(String name, Buffer value) {
    return measure("put_value", () -> store.putValue(name, value));
  }

  @Override
  public Future<Map<String, Buffer>> values(String prefix) {
    return measure("values", () -> store.values(prefix));
  }

  @Override
  public Future<Void> removeValue(String name) {
    return measure("remove_value", () -> store.removeValue(name));
  }

  @Override
  public void onForgotten(Runnable listener) {
    store.onForgotten(listener);
  }

  @Override
  public Future<Void> close() {
    return store.close();
  }
}
