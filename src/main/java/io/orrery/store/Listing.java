package io.orrery.store;

import io.orrery.job.JobFilter;
import io.orrery.job.JobId;
import io.orrery.job.JobPosition;
import io.vertx.core.Future;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Finds the jobs of one page: goes along the rarest term of the filter, and looks at each job. */
final class Listing {
  private static final JobPosition BEGINNING =
      new JobPosition(Instant.MAX, new JobId("00000000-0000-0000-0000-000000000000"));
  private static final JobId LAST_ID = new JobId("ffffffff-ffff-ffff-ffff-ffffffffffff");
  private static final int STEP = 200;

  private final Call<?> call;
  private final JobIndex index;
  private final JobFilter filter;
  private final int limit;
  private final int mostBytes;
  private final List<StoredJob> found = new ArrayList<>();
  private int bytes;
  private int step;

  private Listing(Call<?> call, JobIndex index, JobFilter filter, int limit, int mostBytes) {
    this.call = call;
    this.index = index;
    this.filter = filter;
    this.limit = limit;
    this.mostBytes = mostBytes;
    this.step = limit;
  }

  /** Answers the call as {@link JobStore#list} does; stops when nobody waits for it any more. */
  static Future<List<StoredJob>> read(
      Call<List<StoredJob>> call,
      JobIndex index,
      JobFilter filter,
      Optional<JobPosition> after,
      int limit,
      int mostBytes) {
    Listing listing = new Listing(call, index, filter, limit, mostBytes);
    if (limit <= 0) {
      call.complete(List.of());
      return call.future();
    }
    listing
        .rarest(IndexTerm.ways(filter))
        .compose(terms -> listing.goOn(terms, listing.start(after)))
        .map(_ -> List.copyOf(listing.found))
        .onComplete(call::answer);
    return call.future();
  }

  private Future<List<IndexTerm>> rarest(List<List<IndexTerm>> ways) {
    if (ways.size() == 1) {
      return Future.succeededFuture(ways.getFirst());
    }
    List<Future<Long>> counts = ways.stream().map(index::count).toList();
    return Future.all(counts)
        .map(
            _ -> {
              int best = 0;
              for (int way = 1; way < counts.size(); way++) {
                if (counts.get(way).result() < counts.get(best).result()) {
                  best = way;
                }
              }
              return ways.get(best);
            });
  }

  private JobPosition start(Optional<JobPosition> after) {
    JobPosition start = after.orElse(BEGINNING);
    Instant before = filter.createdBefore();
    if (before == null) {
      return start;
    }
    JobPosition window = new JobPosition(before, LAST_ID);
    return start.compareTo(window) < 0 ? window : start;
  }

  private Future<Void> goOn(List<IndexTerm> terms, JobPosition after) {
    int size = step;
    step = Math.max(limit, STEP);
    return index
        .slice(terms, after, size)
        .compose(
            slice -> {
              for (StoredJob job : slice.jobs()) {
                if (isBelowWindow(job)) {
                  return Future.succeededFuture();
                }
                if (job.matches(filter)) {
                  found.add(job);
                  bytes += job.body().length();
                }
                if (found.size() >= limit || bytes >= mostBytes) {
                  return Future.succeededFuture();
                }
              }
              return slice.last() || call.isOver()
                  ? Future.succeededFuture()
                  : goOn(terms, slice.jobs().getLast().position());
            });
  }

  private boolean isBelowWindow(StoredJob job) {
    Instant from = filter.createdAfter();
    return from != null && job.createTime().isBefore(from);
  }
}
