package io.orrery.store;

import io.orrery.job.JobFilter;
import io.orrery.job.JobId;
import io.orrery.job.JobPosition;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The embedded store: one SQLite file, one thread that writes, one that looks up and one that
 * lists.
 */
final class SqliteJobStore implements JobStore {
  private static final int PRUNE_STEP = 200;

  /** Each step waits in the future of the one before, which must not be too many. */
  private static final int PRUNE_AT_MOST = 500 * PRUNE_STEP;

  private final Vertx vertx;
  private final StoreLimits limits;
  private final SqliteFile file;
  private final Listeners forgotten;
  private final CommitQueue writes;
  private final QueryThread lookups;
  private final QueryThread lists;
  private @Nullable Future<Void> closed;

  private SqliteJobStore(Vertx vertx, StoreLimits limits, SqliteFile file) {
    this.vertx = vertx;
    this.limits = limits;
    this.file = file;
    this.forgotten = new Listeners(vertx);
    this.writes = new CommitQueue(vertx, limits, new SqliteLink(file), forgotten::tell);
    this.lookups = new QueryThread(vertx, limits, new SqliteLink(file), "orrery-store-lookup");
    this.lists = new QueryThread(vertx, limits, new SqliteLink(file), "orrery-store-list");
  }

  /** Opens the file in the directory, both made if need be. */
  static Future<JobStore> open(Vertx vertx, Path directory, StoreLimits limits) {
    return vertx
        .<JobStore>executeBlocking(() -> create(vertx, directory, limits), false)
        .map(Objects::requireNonNull);
  }

  /**
   * Opens the file. Blocks.
   *
   * @throws IOException saying what is wrong with it, and what to do
   */
  static SqliteJobStore create(Vertx vertx, Path directory, StoreLimits limits) throws IOException {
    SqliteFile file = SqliteFile.take(directory, (int) limits.once().toMillis());
    return new SqliteJobStore(vertx, limits, file);
  }

  /** How many transactions there were. */
  long commits() {
    return writes.commits();
  }

  @Override
  public Future<Void> put(StoredJob job) {
    return writes.submit(link -> SqliteJobs.put(link, job)).mapEmpty();
  }

  @Override
  public Future<Boolean> insert(StoredJob job) {
    return writes.submit(link -> SqliteJobs.insert(link, job));
  }

  @Override
  public Future<Optional<StoredJob>> get(JobId id) {
    return lookups.ask(link -> SqliteJobs.get(link, id));
  }

  @Override
  public Future<Void> remove(Collection<JobId> ids) {
    List<String> all = ids.stream().map(JobId::value).toList();
    return writes.submit(link -> SqliteJobs.remove(link, all)).mapEmpty();
  }

  @Override
  public Future<List<StoredJob>> unfinished(long afterSequence, String afterId, int limit) {
    return lookups.ask(
        link -> SqliteJobs.unfinished(link, afterSequence, afterId, limit, limits.pageBytes()));
  }

  @Override
  public Future<List<JobId>> ids(String after, int limit) {
    return lookups.ask(link -> SqliteJobs.ids(link, after, limit));
  }

  @Override
  public Future<List<StoredJob>> list(JobFilter filter, Optional<JobPosition> after, int limit) {
    return Listing.read(
        new Call<>(vertx, limits.patience()),
        new SqliteIndex(lists, limits.pageBytes()),
        filter,
        after,
        limit,
        limits.pageBytes());
  }

  @Override
  public Future<Integer> prune(Instant endedBefore, long keepAtMost) {
    long time = EpochNanos.of(endedBefore);
    return pruneWhile(time, Long.MAX_VALUE, 0)
        .compose(
            old ->
                lists
                    .ask(SqliteJobs::ended)
                    .compose(ended -> pruneWhile(Long.MAX_VALUE, ended - keepAtMost, 0))
                    .map(more -> old + more));
  }

  /** One step of a prune after the other, each a change like others. */
  private Future<Integer> pruneWhile(long time, long most, int before) {
    long step = Math.min(PRUNE_STEP, most - before);
    if (step <= 0 || before >= PRUNE_AT_MOST) {
      return Future.succeededFuture(before);
    }
    return writes
        .submit(link -> SqliteJobs.remove(link, SqliteJobs.endedBefore(link, time, step)))
        .compose(
            removed ->
                removed < step
                    ? Future.succeededFuture(before + removed)
                    : pruneWhile(time, most, before + removed));
  }

  @Override
  public Future<Optional<Buffer>> value(String name) {
    return lookups.ask(link -> Optional.ofNullable(SqliteJobs.values(link, name).get(name)));
  }

  @Override
  public Future<Void> putValue(String name, Buffer value) {
    return writes.submit(link -> SqliteJobs.putValue(link, name, value)).mapEmpty();
  }

  @Override
  public Future<Map<String, Buffer>> values(String prefix) {
    return lookups.ask(link -> SqliteJobs.values(link, prefix));
  }

  @Override
  public Future<Void> removeValue(String name) {
    return writes.submit(link -> SqliteJobs.removeValue(link, name)).mapEmpty();
  }

  @Override
  public void onForgotten(Runnable listener) {
    forgotten.add(listener);
  }

  @Override
  public synchronized Future<Void> close() {
    if (closed == null) {
      closed = closeAll();
    }
    return closed;
  }

  private Future<Void> closeAll() {
    return vertx
        .executeBlocking(
            () -> {
              writes.close();
              lookups.close();
              lists.close();
              file.close();
              return true;
            },
            false)
        .mapEmpty();
  }
}
