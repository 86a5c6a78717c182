package io.orrery.store;

import io.orrery.job.JobFilter;
import io.orrery.job.JobId;
import io.orrery.job.JobPosition;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What the scheduler must not forget.
 *
 * <p>What a call acknowledged is durable, and seen by every later call. Calls never block and may
 * come from any context, on which their futures complete, within {@link StoreLimits#patience}.
 * Calls that are made together share their write to the disk. A store that is down, full, locked,
 * read-only or slow fails calls with {@link io.orrery.job.Reason#STORE_UNAVAILABLE}, after which a
 * write may have been done or not, and heals by itself.
 */
public interface JobStore {

  /** Inserts the job, or replaces the one of its id. */
  Future<Void> put(StoredJob job);

  /** Inserts the job; false when there is one of its id already, which is left as it is. */
  Future<Boolean> insert(StoredJob job);

  Future<Optional<StoredJob>> get(JobId id);

  /** Removes those of the jobs that there are. */
  Future<Void> remove(Collection<JobId> ids);

  /**
   * Jobs that have not ended, in order of their sequence and then of their ids, of those after this
   * place. Fewer than the limit need not be the end: a page of large jobs is short. An empty list
   * is.
   */
  Future<List<StoredJob>> unfinished(long afterSequence, String afterId, int limit);

  /** A page of the ids of all jobs, in their order, of those after this text; empty at the end. */
  Future<List<JobId>> ids(String after, int limit);

  /**
   * Jobs that match, in the order of {@link JobPosition} (the newest first), of those after the
   * position. Reads along the rarest of what the filter asks for, not everything. Fewer than the
   * limit need not be the end: a page of large jobs is short. An empty list is.
   */
  Future<List<StoredJob>> list(JobFilter filter, Optional<JobPosition> after, int limit);

  /**
   * Removes jobs that ended before the time, and of the others that ended the oldest, until at most
   * so many are left; answers how many were removed, which may be some of them: there are no more
   * when it is 0. In small steps, so that other calls pass in between; it alone may take longer
   * than the patience.
   */
  Future<Integer> prune(Instant endedBefore, long keepAtMost);

  Future<Optional<Buffer>> value(String name);

  Future<Void> putValue(String name, Buffer value);

  /** The values whose names begin so, sorted by name. */
  Future<Map<String, Buffer>> values(String prefix);

  Future<Void> removeValue(String name);

  /**
   * Has the listener run, on the context of this call, whenever the store turns out to have lost
   * everything (emptied, or replaced by another) while this program was connected: what is still
   * known should be put again.
   */
  void onForgotten(Runnable listener);

  /** Ends what was begun and lets go; further calls fail. */
  Future<Void> close();
}
