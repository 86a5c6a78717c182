package io.orrery.scheduler;

import com.google.protobuf.InvalidProtocolBufferException;
import io.orrery.job.JobFilter;
import io.orrery.job.JobId;
import io.orrery.job.JobPosition;
import io.orrery.job.JobState;
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
import java.util.List;
import java.util.Map;
import java.util.Optional;
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

  /** What is not noted beyond this is told again by the workers when they register. */
  private static final int MOST_UNSAVED = 100_000;

  private final Vertx vertx;
  private final JobStore store;
  private final RecordedIds recorded;
  private final Map<JobId, Job> unsaved = new HashMap<>();
  private final Map<JobId, Future<Void>> saving = new HashMap<>();
  private boolean failing;

  JobRecords(Vertx vertx, JobStore store) {
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

  /** The place of a job in the order of submission: no two jobs are accepted at one time. */
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
    recorded.add(id);
    return store.put(stored(job));
  }

  /** Notes the job as it is now, as soon as the store takes it. */
  void note(Job job) {
    JobId id = new JobId(job.getJobId());
    recorded.add(id);
    if (unsaved.size() >= MOST_UNSAVED && !unsaved.containsKey(id)) {
      return;
    }
    unsaved.put(id, job);
    if (!saving.containsKey(id) && !failing) {
      write(id, job);
    }
  }

  /** There is no such job after all. */
  void forget(JobId id) {
    unsaved.remove(id);
    store
        .remove(List.of(id))
        .onFailure(failure -> LOG.warn("the record of job {}, which was refused, stays", id));
  }

  private void write(JobId id, Job job) {
    Future<Void> written = store.put(stored(job));
    saving.put(id, written);
    written.onComplete(
        result -> {
          saving.remove(id);
          if (result.succeeded()) {
            unsaved.remove(id, job);
            Job newer = unsaved.get(id);
            if (newer != null && !failing) {
              write(id, newer);
            }
          } else {
            again(result.cause());
          }
        });
  }

  private void again(Throwable failure) {
    if (!failing) {
      failing = true;
      LOG.warn(
          "the store does not take the states of jobs, which is tried again: {}",
          failure.getMessage());
      vertx
          .timer(AGAIN_MILLIS, TimeUnit.MILLISECONDS)
          .onSuccess(
              _ -> {
                failing = false;
                for (Map.Entry<JobId, Job> each : List.copyOf(unsaved.entrySet())) {
                  if (!saving.containsKey(each.getKey()) && !failing) {
                    write(each.getKey(), each.getValue());
                  }
                }
              });
    }
  }

  /** The job as it was last saved or noted. */
  Future<Optional<Job>> get(JobId id) {
    Job known = unsaved.get(id);
    return known != null
        ? Future.succeededFuture(Optional.of(known))
        : store.get(id).map(found -> found.map(JobRecords::job));
  }

  /** Newest first; what was noted before is in it. */
  Future<List<Job>> list(JobFilter filter, Optional<JobPosition> after, int limit) {
    return Future.join(List.copyOf(saving.values()))
        .otherwiseEmpty()
        .compose(_ -> store.list(filter, after, limit))
        .map(found -> found.stream().map(JobRecords::job).toList());
  }

  /** A page of the jobs that have not ended, in the order of their submission. */
  Future<List<Job>> unfinished(long afterSequence, int limit) {
    return store
        .unfinished(afterSequence, limit)
        .map(found -> found.stream().map(JobRecords::job).toList());
  }

  /** How many states the store has not taken yet. */
  int unsaved() {
    return unsaved.size();
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
