package io.orrery.scheduler;

import io.orrery.job.ApiException;
import io.orrery.job.FaultPoint;
import io.orrery.job.JobId;
import io.orrery.job.JobSpec;
import io.orrery.job.JobState;
import io.orrery.rpc.Call;
import io.orrery.rpc.SpecMapping;
import io.orrery.rpc.Times;
import io.orrery.scheduler.PlacementPass.Placed;
import io.orrery.v1.Job;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The way of a job to a worker. One that can be placed at once goes there without waiting for the
 * store, since the worker's record makes it durable; any other is durable in the store before it is
 * answered for. It belongs to the scheduler's one context.
 */
final class JobQueue {
  private static final Logger LOG = LoggerFactory.getLogger(JobQueue.class);

  /** So many placements at one time, then others have their turn. */
  private static final int BATCH = 256;

  private final Vertx vertx;
  private final SubmissionClock clock;
  private final Parts parts;
  private final JobOrders orders;
  private final Bounds bounds;
  private final WaitingLine line = new WaitingLine();
  private final QueueTimeouts timeouts;
  private final Map<JobId, Job> fresh = new HashMap<>();
  private final Map<JobId, Direct> direct = new HashMap<>();
  private final Map<JobId, Waiting> delayed = new HashMap<>();
  private boolean looking;

  /** What is known of jobs and workers. */
  record Parts(JobIndex index, Rooms rooms, JobRecords records) {}

  /** How many jobs may wait, and how long where they do not say. */
  record Bounds(int jobs, Duration timeout) {}

  /** A job that may be placed before anything is written of it. */
  private record Direct(Call call, Promise<Job> answer) {}

  JobQueue(Vertx vertx, InstantSource clock, Parts parts, JobOrders orders, Bounds bounds) {
    this.vertx = vertx;
    this.clock = new SubmissionClock(clock);
    this.parts = parts;
    this.orders = orders;
    this.bounds = bounds;
    this.timeouts = new QueueTimeouts(System::nanoTime, bounds.timeout());
    orders.onRefusal(this::again, this::end);
  }

  /**
   * Accepts a job: answers with it as its worker tells it, or as QUEUED when it has to wait.
   *
   * @return fails with an {@link ApiException} when it is not accepted
   */
  Future<Job> submit(Call call, JobId id, JobSpec spec) {
    Requirements needs = Requirements.of(spec);
    Refusals.check(parts.rooms(), needs, spec);
    Instant created = clock.next();
    Job job = QueuedJob.accepted(id, spec, call.caller().uri(), created);
    Promise<Job> answer = Promise.promise();
    direct.put(id, new Direct(call, answer));
    fresh.put(id, job);
    parts.index().put(IndexedJobs.queued(job));
    line.add(Waiting.of(job, id, needs));
    pass();
    if (direct.remove(id) == null) {
      return answer.future();
    }
    if (line.size() > bounds.jobs()) {
      drop(id);
      return Future.failedFuture(Refusals.queueFull(bounds.jobs()));
    }
    return keep(id, job, spec);
  }

  /** It has to wait: nobody is told so before it is durable. */
  private Future<Job> keep(JobId id, Job job, JobSpec spec) {
    timeouts.add(id, spec.placement().queueTimeout());
    FaultPoint.BEFORE_QUEUED.pass();
    return parts
        .records()
        .save(job)
        .transform(
            saved -> {
              FaultPoint.AFTER_QUEUED.pass();
              if (saved.succeeded() || !isWaiting(id)) {
                fresh.remove(id);
                return Future.succeededFuture(job);
              }
              drop(id);
              parts.records().forget(id);
              return Future.failedFuture(saved.cause());
            });
  }

  /** Forgets a job that was not accepted. */
  private void drop(JobId id) {
    line.remove(id);
    fresh.remove(id);
    timeouts.remove(id);
    parts.index().refused(id);
  }

  /** Whether a job has no worker yet. */
  boolean isWaiting(JobId id) {
    return line.get(id).isPresent() || delayed.containsKey(id);
  }

  /** How many have no worker yet. */
  int size() {
    return line.size() + delayed.size();
  }

  /** When the job was submitted that was submitted first of those that have no worker yet. */
  Optional<Instant> oldest() {
    return Stream.concat(line.oldest().stream(), delayed.values().stream())
        .min(Comparator.comparingLong(Waiting::sequence))
        .map(job -> JobRecords.submission(job.sequence()));
  }

  WaitingLine line() {
    return line;
  }

  Optional<Waiting> delayed(JobId id) {
    return Optional.ofNullable(delayed.get(id));
  }

  /** Something may have changed: looks soon whether a job can be placed now. */
  void look() {
    if (!looking && line.size() > 0) {
      looking = true;
      vertx.runOnContext(
          _ -> {
            looking = false;
            pass();
          });
    }
  }

  private void pass() {
    List<Placed> placed = PlacementPass.run(line, parts.rooms(), BATCH);
    for (Placed each : placed) {
      JobId id = each.job().id();
      timeouts.remove(id);
      Direct asked = direct.remove(id);
      Job unsaved = fresh.remove(id);
      if (asked != null && unsaved != null) {
        startNow(each, unsaved, asked);
      } else {
        orders.start(each, Optional.ofNullable(unsaved));
      }
    }
    if (placed.size() == BATCH) {
      look();
    }
  }

  /** What the worker refuses for itself alone waits for another one. */
  private void startNow(Placed placed, Job job, Direct asked) {
    JobId id = placed.job().id();
    orders
        .startNow(placed, job, asked.call().forwarded())
        .recover(
            failure -> {
              if (!JobOrders.isForLater(failure, placed.job())) {
                return Future.failedFuture(failure);
              }
              fresh.put(id, job);
              parts.index().put(IndexedJobs.queued(job));
              delay(placed.job(), 1);
              return keep(id, job, SpecMapping.fromProto(job.getSpec()));
            })
        .onComplete(asked.answer());
  }

  /** The worker did not take the job; it waits again. */
  private void again(Waiting job, Job record, int times) {
    parts.index().put(IndexedJobs.queued(record));
    parts.records().note(record);
    timeouts.resume(job.id(), record, clock.now());
    delay(job, times);
  }

  private void delay(Waiting job, int times) {
    delayed.put(job.id(), job);
    vertx
        .timer(Backoff.millis(times), TimeUnit.MILLISECONDS)
        .onSuccess(
            _ -> {
              if (delayed.remove(job.id(), job)) {
                line.add(job);
                look();
              }
            });
  }

  /** A job whose run was lost with its worker is run again, where it asked for that. */
  void retry(Job record, int attempt) {
    Job next = QueuedJob.waiting(record, attempt);
    LOG.info("job {} is run again: attempt {}", next.getJobId(), attempt);
    again(Waiting.of(next), next, attempt - 1);
  }

  /**
   * Ends a job that waits.
   *
   * @return the job when its end is durable; empty when it does not wait any more
   */
  Optional<Future<Job>> stop(JobId id, String why) {
    return stop(id, why, JobState.Name.STOPPED);
  }

  private Optional<Future<Job>> stop(JobId id, String why, JobState.Name state) {
    if (!isWaiting(id)) {
      return Optional.empty();
    }
    line.remove(id);
    delayed.remove(id);
    timeouts.remove(id);
    orders.forget(id);
    Job unsaved = fresh.remove(id);
    return Optional.of(
        (unsaved == null ? parts.records().get(id) : Future.succeededFuture(Optional.of(unsaved)))
            .compose(
                found ->
                    end(
                        found.orElseGet(() -> Job.newBuilder().setJobId(id.value()).build()),
                        state,
                        why)));
  }

  private Future<Job> end(Job job, JobState.Name state, String why) {
    Job over = QueuedJob.ended(job, state, why, clock.now());
    return parts
        .records()
        .save(over)
        .onFailure(_ -> parts.records().note(over))
        .onComplete(_ -> parts.index().put(IndexedJobs.queued(over)))
        // The record tells of it from now on: no worker will ever forget it here.
        .onSuccess(_ -> parts.index().refused(new JobId(over.getJobId())))
        .map(over);
  }

  /** To be called about once a second. */
  void tick() {
    for (JobId id : timeouts.over()) {
      LOG.info("job {} has waited too long", id);
      stop(id, "no worker had room for it in the time that it may wait", JobState.Name.TIMED_OUT);
    }
    orders.tick();
    look();
  }

  /** A worker has the job: it waits no more, however it has come there. */
  void arrived(JobId id) {
    line.remove(id);
    delayed.remove(id);
    timeouts.remove(id);
  }

  /** Takes up a job of the store which has not ended. */
  void takeUp(Job job) {
    clock.isAfter(JobRecords.sequence(Times.instant(job.getCreateTime())));
    if (!job.getWorkerId().isEmpty()) {
      orders.takeUp(job);
      return;
    }
    JobIndex.Entry entry = IndexedJobs.queued(job);
    parts.index().put(entry);
    line.add(Waiting.of(job, entry.id()));
    timeouts.resume(entry.id(), job, clock.now());
  }
}
