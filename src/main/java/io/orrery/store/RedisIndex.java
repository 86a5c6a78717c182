package io.orrery.store;

import io.orrery.job.JobPosition;
import io.vertx.core.Future;
import java.util.List;

/** The sorted sets of positions. */
final class RedisIndex implements JobIndex {
  /** So many jobs keep Redis from others for some milliseconds. */
  private static final int MOST_AT_ONCE = 1_000;

  private final RedisCalls calls;
  private final int mostBytes;

  RedisIndex(RedisCalls calls, int mostBytes) {
    this.calls = calls;
    this.mostBytes = mostBytes;
  }

  @Override
  public Future<Long> count(List<IndexTerm> terms) {
    return calls.ask(
        RedisScript.COUNT,
        request -> terms.forEach(term -> request.arg(RedisKeys.index(term))),
        RedisRows::number);
  }

  @Override
  public Future<Slice> slice(List<IndexTerm> terms, JobPosition after, int limit) {
    IndexTerm first = terms.getFirst();
    String idPrefix = first.kind() == IndexTerm.Kind.ID_PREFIX ? first.value() : "";
    List<String> indexes = terms.stream().map(RedisKeys::index).toList();
    return page(RedisKeys.position(after), idPrefix, indexes, limit);
  }

  /** Jobs of a sorted set whose members have 16 characters before the id, after this member. */
  Future<Slice> page(String after, String idPrefix, List<String> indexes, int limit) {
    return calls.ask(
        RedisScript.PAGE,
        request -> {
          request.arg(Integer.toString(Math.min(limit, MOST_AT_ONCE)));
          request.arg(Integer.toString(mostBytes)).arg(after).arg(idPrefix);
          indexes.forEach(request::arg);
        },
        RedisRows::slice);
  }
}
