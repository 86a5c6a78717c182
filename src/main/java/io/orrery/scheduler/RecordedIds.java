package io.orrery.scheduler;

import com.google.common.hash.BloomFilter;
import com.google.common.hash.Funnels;
import io.orrery.job.JobId;
import io.orrery.store.JobStore;
import io.vertx.core.Vertx;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Of which jobs the store may have a record, so that a new job need not wait for it: a Bloom filter
 * of about 20 bits an id. Until all ids have been read, the store may have any. It is for a store
 * that no other scheduler writes to, and belongs to the scheduler's one context.
 */
final class RecordedIds {
  private static final Logger LOG = LoggerFactory.getLogger(RecordedIds.class);
  private static final int PAGE = 2_000;
  private static final long AGAIN_MILLIS = 5_000;
  private static final int FIRST_CAPACITY = 250_000;
  private static final double FALSE_POSITIVES = 1e-4;

  private final Vertx vertx;
  private final JobStore store;
  private final List<BloomFilter<CharSequence>> filters = new ArrayList<>();
  private long room;
  private long capacity = FIRST_CAPACITY;
  private int round;
  private boolean complete;

  RecordedIds(Vertx vertx, JobStore store) {
    this.vertx = vertx;
    this.store = store;
  }

  void add(JobId id) {
    if (contains(id)) {
      return;
    }
    if (room == 0) {
      filters.add(BloomFilter.create(Funnels.unencodedCharsFunnel(), capacity, FALSE_POSITIVES));
      room = capacity;
      capacity *= 2;
    }
    filters.getLast().put(id.value());
    room--;
  }

  /** False only where the store surely has no such job. */
  boolean mayHave(JobId id) {
    return !complete || contains(id);
  }

  private boolean contains(JobId id) {
    for (BloomFilter<CharSequence> filter : filters) {
      if (filter.mightContain(id.value())) {
        return true;
      }
    }
    return false;
  }

  /** Reads all ids of the store, in the background. */
  void learn() {
    complete = false;
    page("", ++round);
  }

  private void page(String after, int ofRound) {
    store
        .ids(after, PAGE)
        .onSuccess(ids -> take(ids, ofRound))
        .onFailure(
            failure -> {
              LOG.warn(
                  "the ids of the store's jobs could not be read, which is tried again: {}",
                  failure.getMessage());
              vertx.timer(AGAIN_MILLIS, TimeUnit.MILLISECONDS).onSuccess(_ -> more(after, ofRound));
            });
  }

  private void more(String after, int ofRound) {
    if (ofRound == round) {
      page(after, ofRound);
    }
  }

  private void take(List<JobId> ids, int ofRound) {
    ids.forEach(this::add);
    if (ofRound != round) {
      return;
    }
    if (ids.isEmpty()) {
      complete = true;
    } else {
      page(ids.getLast().value(), ofRound);
    }
  }
}
