package io.orrery.store;

import io.orrery.job.JobFilter;
import java.util.ArrayList;
import java.util.List;

/**
 * One property that jobs are indexed by, in the order of lists.
 *
 * @param name a label's key; otherwise ""
 * @param value what the property is; "" for all
 */
record IndexTerm(Kind kind, String name, String value) {
  /** What is indexed. */
  enum Kind {
    ALL,
    OWNER,
    WORKER,
    STATE,
    LABEL,
    /** The value is the beginning of the id. */
    ID_PREFIX
  }

  /** So many characters of an id leave few enough of a million jobs to read them all. */
  private static final int TELLING_PREFIX = 3;

  static final List<IndexTerm> ALL = List.of(new IndexTerm(Kind.ALL, "", ""));

  /**
   * The ways to find all jobs of the filter: each is a list of terms of which a job has one. One of
   * them, at least.
   */
  static List<List<IndexTerm>> ways(JobFilter filter) {
    List<List<IndexTerm>> ways = new ArrayList<>();
    if (filter.idPrefix().length() >= TELLING_PREFIX) {
      return List.of(List.of(new IndexTerm(Kind.ID_PREFIX, "", filter.idPrefix())));
    }
    if (!filter.owner().isEmpty()) {
      ways.add(List.of(new IndexTerm(Kind.OWNER, "", filter.owner())));
    }
    if (!filter.workerId().isEmpty()) {
      ways.add(List.of(new IndexTerm(Kind.WORKER, "", filter.workerId())));
    }
    if (!filter.states().isEmpty()) {
      ways.add(
          filter.states().stream()
              .map(state -> new IndexTerm(Kind.STATE, "", state.name()))
              .toList());
    }
    filter
        .labels()
        .forEach((key, value) -> ways.add(List.of(new IndexTerm(Kind.LABEL, key, value))));
    return ways.isEmpty() ? List.of(ALL) : ways;
  }
}
