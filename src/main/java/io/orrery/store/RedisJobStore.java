package io.orrery.store;

import io.orrery.config.RedisStoreOptions;
import io.orrery.job.JobFilter;
import io.orrery.job.JobId;
import io.orrery.job.JobPosition;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.redis.client.Response;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * The store in Redis, for one scheduler at a time. Every key begins with the prefix; a
 * <i>position</i> is the create time, descending, and then the id, as {@link RedisKeys} spells
 * them:
 *
 * <ul>
 *   <li>{@code store}: the random name of this store; {@code scheduler} and {@code lease}: who may
 *       write, see {@link RedisLease}
 *   <li>{@code job:<id>}: a hash of the fields of a job; {@code labels} are JSON, {@code sequence},
 *       {@code created} and {@code ended} as in the members below
 *   <li>{@code all}, {@code owner:<owner>}, {@code worker:<id>}, {@code state:<STATE>}, {@code
 *       label:<bytes of key>:<key>=<value>}: sorted sets of positions
 *   <li>{@code ids}: a sorted set of ids, for those that are given by their beginning
 *   <li>{@code unfinished}: a sorted set of sequence and id
 *   <li>{@code ended}: a sorted set of end time and id
 *   <li>{@code values}: a hash of the named values
 * </ul>
 *
 * <p>Each call is one script, which Redis runs as a whole; commands that come together share one
 * write to its disk.
 */
final class RedisJobStore implements JobStore {
  private static final int PRUNE_STEP = 100;

  /** Each step waits in the future of the one before, which must not be too many. */
  private static final int PRUNE_AT_MOST = 500 * PRUNE_STEP;

  private final Vertx vertx;
  private final StoreLimits limits;
  private final StoreDirectory directory;
  private final Listeners forgotten;
  private final RedisCalls calls;
  private final RedisIndex index;

  private RedisJobStore(
      Vertx vertx, RedisStoreOptions options, StoreLimits limits, StoreDirectory directory)
      throws IOException {
    this.vertx = vertx;
    this.limits = limits;
    this.directory = directory;
    this.forgotten = new Listeners(vertx);
    RedisLease lease = new RedisLease(options.prefix(), directory, forgotten::tell);
    this.calls = new RedisCalls(vertx, options, limits, lease);
    this.index = new RedisIndex(calls, limits.pageBytes());
  }

  /**
   * Takes the scheduler's directory and connects to the server; where that does not answer, or
   * another scheduler has the prefix, tries again for the patience.
   */
  static Future<RedisJobStore> open(
      Vertx vertx, RedisStoreOptions options, Path directory, StoreLimits limits) {
    Promise<RedisJobStore> opened = Promise.promise();
    Context context = vertx.getOrCreateContext();
    context.runOnContext(
        _ ->
            vertx
                .executeBlocking(
                    () -> new RedisJobStore(vertx, options, limits, StoreDirectory.take(directory)),
                    false)
                .compose(store -> store.calls.start().map(_ -> store).onFailure(_ -> store.close()))
                .onComplete(opened));
    return opened.future();
  }

  /** What the server must be set to and is not. */
  List<String> missingGuarantees() {
    return calls.missingGuarantees();
  }

  @Override
  public Future<Void> put(StoredJob job) {
    return write(job, "put").mapEmpty();
  }

  @Override
  public Future<Boolean> insert(StoredJob job) {
    return write(job, "insert");
  }

  private Future<Boolean> write(StoredJob job, String mode) {
    return calls.ask(
        RedisScript.WRITE,
        request -> RedisRows.add(request.arg(job.id().value()).arg(mode), job),
        done -> RedisRows.number(done) == 1);
  }

  @Override
  public Future<Optional<StoredJob>> get(JobId id) {
    return calls.ask(
        RedisScript.GET,
        request -> request.arg(id.value()),
        fields -> RedisRows.job(id.value(), fields));
  }

  @Override
  public Future<Void> remove(Collection<JobId> ids) {
    List<JobId> all = List.copyOf(ids);
    List<Future<Integer>> steps = new ArrayList<>();
    for (int from = 0; from < all.size(); from += PRUNE_STEP) {
      List<JobId> some = all.subList(from, Math.min(all.size(), from + PRUNE_STEP));
      steps.add(
          calls.ask(
              RedisScript.REMOVE,
              request -> some.forEach(id -> request.arg(id.value())),
              answer -> (int) RedisRows.number(answer)));
    }
    return Future.join(steps).mapEmpty();
  }

  @Override
  public Future<List<StoredJob>> unfinished(long afterSequence, String afterId, int limit) {
    if (limit <= 0) {
      return Future.succeededFuture(List.of());
    }
    String after = RedisKeys.ascending(afterSequence) + afterId;
    return index.page(after, "", List.of("unfinished"), limit).map(JobIndex.Slice::jobs);
  }

  @Override
  public Future<List<JobId>> ids(String after, int limit) {
    return calls.ask(
        RedisScript.IDS,
        request -> request.arg(after).arg(Integer.toString(Math.max(0, limit))),
        found -> found.stream().map(id -> new JobId(id.toString())).toList());
  }

  @Override
  public Future<List<StoredJob>> list(JobFilter filter, Optional<JobPosition> after, int limit) {
    return Listing.read(
        new Call<>(vertx, limits.patience()), index, filter, after, limit, limits.pageBytes());
  }

  @Override
  public Future<Integer> prune(Instant endedBefore, long keepAtMost) {
    return prune(RedisKeys.end(endedBefore), keepAtMost, 0);
  }

  private Future<Integer> prune(String end, long keepAtMost, int before) {
    return calls
        .ask(
            RedisScript.PRUNE,
            request ->
                request.arg(end).arg(Long.toString(keepAtMost)).arg(Integer.toString(PRUNE_STEP)),
            answer -> (int) RedisRows.number(answer))
        .compose(
            removed ->
                removed == 0 || before >= PRUNE_AT_MOST
                    ? Future.succeededFuture(before)
                    : prune(end, keepAtMost, before + removed));
  }

  @Override
  public Future<Optional<Buffer>> value(String name) {
    return calls.ask(
        RedisScript.READ_VALUES,
        request -> request.arg("HGET").arg(name),
        answer -> Optional.ofNullable(answer.get(0)).map(RedisRows::bytes));
  }

  @Override
  public Future<Void> putValue(String name, Buffer value) {
    return calls
        .ask(
            RedisScript.CHANGE_VALUES,
            request -> request.arg("HSET").arg(name).arg(value),
            _ -> true)
        .mapEmpty();
  }

  @Override
  public Future<Map<String, Buffer>> values(String prefix) {
    return calls.ask(
        RedisScript.READ_VALUES,
        request -> request.arg("HGETALL"),
        answer -> {
          Response pairs = answer.get(0);
          Map<String, Buffer> found = new TreeMap<>();
          for (int i = 0; i + 1 < pairs.size(); i += 2) {
            String name = pairs.get(i).toString();
            if (name.startsWith(prefix)) {
              found.put(name, RedisRows.bytes(pairs.get(i + 1)));
            }
          }
          return found;
        });
  }

  @Override
  public Future<Void> removeValue(String name) {
    return calls
        .ask(RedisScript.CHANGE_VALUES, request -> request.arg("HDEL").arg(name), _ -> true)
        .mapEmpty();
  }

  @Override
  public void onForgotten(Runnable listener) {
    forgotten.add(listener);
  }

  @Override
  public Future<Void> close() {
    return calls
        .close()
        .eventually(
            () ->
                vertx.executeBlocking(
                    () -> {
                      directory.close();
                      return true;
                    },
                    false));
  }
}
