package io.orrery.scheduler;

import com.google.protobuf.InvalidProtocolBufferException;
import io.orrery.job.ApiException;
import io.orrery.job.JobFilter;
import io.orrery.job.JobId;
import io.orrery.job.JobPosition;
import io.orrery.job.JobState;
import io.orrery.job.Reason;
import io.orrery.rpc.StateMapping;
import io.orrery.rpc.Times;
import io.orrery.store.JobStore;
import io.orrery.store.StoredJob;
import io.orrery.v1.Job;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The jobs in the store. What must be durable before somebody is told is awaited; what a worker has
 * on its own disk as well is noted, and noted again when the store did not take it. It belongs to
 * the scheduler's one context.
 */
final class JobRecords {
  private static final Logger LOG = LoggerFactory.getLogger(JobRecords.class);
  private static final long AGAIN_MILLIS = 1_000;

  /** A value that is written to see whether the store takes something. */
  private static final String PROBE = "probe";

  private final Vertx vertx;
  private final JobStore store;
  private final RecordedIds recorded;
  private final UnsavedStates unsaved;
  private final Map<JobId, Future<Void>> saving = new HashMap<>();
  private final Set<JobId> refused = new HashSet<>();
  private Runnable back = () -> {};
  private boolean away;
  private boolean taken;

  JobRecords(Vertx vertx, JobStore store) {
    this(vertx, store, UnsavedStates.Bounds.STANDARD);
  }

  JobRecords(Vertx vertx, JobStore store, UnsavedStates.Bounds bounds) {
    this.unsaved = new UnsavedStates(bounds);
    this.vertx = vertx;
    this.store = store;
    this.recorded = new RecordedIds(vertx, store);
  }

  /** Learns in the background which ids the store has, and again where it has lost them. */
  void learnIds() {
    recorded.learn();
  }

  /** False for a job of which there is surely no record; that is known without the store. */
  boolean mayHave(JobId id) {
    return recorded.mayHave(id);
  }

  /** The place of a job in the order of submission: this scheduler accepts no two at one time. */
  static long sequence(Instant createTime) {
    return createTime.getEpochSecond() * 1_000_000 + createTime.getNano() / 1_000;
  }

  /** When the job of this place was accepted, in microseconds. */
  static Instant submission(long sequence) {
    return Instant.EPOCH.plus(sequence, ChronoUnit.MICROS);
  }

  /** Completes when the job, as it is now, is durable. */
  Future<Void> save(Job job) {
    JobId id = new JobId(job.getJobId());
    unsaved.remove(id);
    refused.remove(id);
    recorded.add(id);
    return written(store.put(stored(job)));
  }

  /** Notes the job as it is now, as soon as the store takes it. */
  void note(Job job) {
    JobId id = new JobId(job.getJobId());
    recorded.add(id);
    refused.remove(id);
    unsaved.put(id, job);
    if (!saving.containsKey(id) && !away) {
      write(id, job);
    }
  }

  /** There is no such job after all. */
  void forget(JobId id) {
    unsaved.remove(id);
    refused.add(id);
    if (!away) {
      remove(List.of(id));
    }
  }

  private void remove(List<JobId> ids) {
    written(store.remove(ids)).onSuccess(_ -> refused.removeAll(ids));
  }

  private void write(JobId id, Job job) {
    Future<Void> put = written(store.put(stored(job)));
    saving.put(id, put);
    put.onComplete(
        result -> {
          saving.remove(id);
          if (result.succeeded()) {
            unsaved.remove(id, job);
            Job newer = unsaved.get(id);
            if (newer != null && !away) {
              write(id, newer);
            }
          }
        });
  }

  /** A store may be read that takes nothing: its disk is full. */
  private Future<Void> written(Future<Void> call) {
    return call.onSuccess(_ -> answers()).onFailure(this::doesNotAnswer);
  }

  private void doesNotAnswer(Throwable failure) {
    taken |= failure instanceof ApiException told && told.metadata().containsKey("taken");
    if (!away) {
      away = true;
      LOG.warn("the store fails, and is tried again: {}", failure.getMessage());
      vertx.timer(AGAIN_MILLIS, TimeUnit.MILLISECONDS).onSuccess(_ -> probe());
    }
  }

  /** One question for all that waits, as there may be much. */
  private void probe() {
    if (away) {
      store
          .putValue(PROBE, Buffer.buffer())
          .onSuccess(_ -> answers())
          .onFailure(_ -> vertx.timer(AGAIN_MILLIS, TimeUnit.MILLISECONDS).onSuccess(_ -> probe()));
    }
  }

  private void answers() {
    if (away) {
      away = false;
      LOG.info("the store takes writes again; {} states of jobs are told to it", unsaved.size());
      for (JobId id : unsaved.ids()) {
        Job job = unsaved.get(id);
        if (job != null && !saving.containsKey(id)) {
          write(id, job);
        }
      }
      if (!refused.isEmpty()) {
        remove(List.copyOf(refused));
      }
      back.run();
    }
  }

  /** Whether the store failed the last time; it is tried again all the time. */
  boolean isAway() {
    return away;
  }

  /**
   * Why no new job may be taken: what is known of jobs is in memory alone until the store takes it,
   * and there is no room for more of it; or the store is another scheduler's by now. Empty while
   * jobs are taken.
   */
  Optional<String> fullBecause() {
    if (taken) {
      return Optional.of("another scheduler has taken the store of this one; use that one");
    }
    return unsaved.isFull(refused.size())
        ? Optional.of(
            "the store has not taken the states of "
                + unsaved()
                + " jobs yet, and no new jobs are taken until it does; try again later")
        : Optional.empty();
  }

  /**
   * To be asked before a job is accepted.
   *
   * @throws ApiException with {@link Reason#STORE_UNAVAILABLE}
   */
  void checkRoom() {
    fullBecause()
        .ifPresent(
            why -> {
              throw new ApiException(
                  Reason.STORE_UNAVAILABLE, why, Map.of("unsaved", Integer.toString(unsaved())));
            });
  }

  /** Whether the state that was told last of the job is not in the store yet. */
  boolean isUnsaved(JobId id) {
    return unsaved.get(id) != null;
  }

  /** What is run when the store takes writes again. */
  void onBack(Runnable run) {
    back = run;
  }

  /** The job as it was last saved or noted. */
  Future<Optional<Job>> get(JobId id) {
    Job known = unsaved.get(id);
    return known != null
        ? Future.succeededFuture(Optional.of(known))
        : store.get(id).onFailure(this::doesNotAnswer).map(found -> found.map(JobRecords::job));
  }

  /** Newest first; what was noted before is in it. */
  Future<List<Job>> list(JobFilter filter, Optional<JobPosition> after, int limit) {
    return Future.join(List.copyOf(saving.values()))
        .otherwiseEmpty()
        .compose(_ -> store.list(filter, after, limit))
        .map(found -> found.stream().map(JobRecords::job).toList());
  }

  /** A page of the jobs that have not ended, in the order of their submission, after this one. */
  Future<List<Job>> unfinished(Optional<Job> after, int limit) {
    return store
        .unfinished(
            after.map(job -> sequence(Times.instant(job.getCreateTime()))).orElse(-1L),
            after.map(Job::getJobId).orElse(""),
            limit)
        .map(found -> found.stream().map(JobRecords::job).toList());
  }

  /** How many states, or removals of jobs, the store has not taken yet. */
  int unsaved() {
    return unsaved.size() + refused.size();
  }

  private static StoredJob stored(Job job) {
    Instant createTime = Times.instant(job.getCreateTime());
    JobState.Name state = StateMapping.fromProto(job.getState());
    return new StoredJob(
        new JobId(job.getJobId()),
        sequence(createTime),
        job.getOwner(),
        state,
        job.getWorkerId(),
        job.getSpec().getPriority(),
        createTime,
        state.isTerminal() ? endTime(job) : null,
        job.getSpec().getLabelsMap(),
        Buffer.buffer(job.toByteArray()));
  }

  /** A job of which only the state was told has ended no earlier than it was accepted. */
  private static Instant endTime(Job job) {
    return Times.instant(job.hasEndTime() ? job.getEndTime() : job.getCreateTime());
  }

  private static Job job(StoredJob stored) {
    try {
      return Job.parseFrom(stored.body().getBytes());
    } catch (InvalidProtocolBufferException damaged) {
      LOG.error("the record of job {} cannot be read", stored.id(), damaged);
      return Job.newBuilder()
          .setJobId(stored.id().value())
          .setOwner(stored.owner())
          .setState(StateMapping.toProto(stored.state()))
          .setWorkerId(stored.workerId())
          .setCreateTime(Times.timestamp(stored.createTime()))
          .build();
    }
  }
}
