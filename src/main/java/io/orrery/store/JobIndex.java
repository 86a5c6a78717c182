package io.orrery.store;

import io.orrery.job.JobPosition;
import io.vertx.core.Future;
import java.util.List;

/** The indexes of a store, as {@link Listing} reads them. */
interface JobIndex {
  /** How many jobs have one of the terms; may stop counting at some thousands. */
  Future<Long> count(List<IndexTerm> terms);

  /** Jobs that have one of the terms, in the order of lists, after the position. */
  Future<Slice> slice(List<IndexTerm> terms, JobPosition after, int limit);

  /** Some jobs of an index, and whether there are no more behind them. */
  record Slice(List<StoredJob> jobs, boolean last) {}
}
