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
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The way of a job to a worker. One that can be placed at once goes there without waiting for the
 * store, since the worker's record makes it durable; any other is durable in the store before it is
 * answered for. It belongs to the scheduler's one context.
 */
final class JobQueue {
  private static final Logger LOG = LoggerFactory.getLogger(JobQueue.class);

  /** When to look again after a job that had waited too long and could not be ended. */
  private static final Duration LOOK_AGAIN = Duration.ofSeconds(1);

  private static final String TOO_LONG = "no worker had room for it in the time that it may wait";

  /** So many placements at one time, then others have their turn. */
  private static final int BATCH = 256;

  private final Vertx vertx;
  private final SubmissionClock clock;
  private final Parts parts;
  private final JobOrders orders;
  private final Bounds bounds;
  private final WaitingLine line;
  private final QueueTimeouts timeouts;
  private final Backlog backlog;
  private final Map<JobId, Job> fresh = new HashMap<>();
  private final Map<JobId, Direct> direct = new HashMap<>();
  private final UnplacedEnds ends;
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
    this.ends = new UnplacedEnds(parts, clock);
    this.backlog = new Backlog(vertx, bounds.timeout(), this::look);
    this.line = backlog.line();
    this.timeouts = backlog.timeouts();
    orders.serve(new JobOrders.Queue(this::again, this::end));
    parts.records().onBack(this::look);
  }

  /**
   * Accepts a job: answers with it as its worker tells it, or as QUEUED when it has to wait.
   *
   * @return fails with an {@link ApiException} when it is not accepted
   */
  Future<Job> submit(Call call, JobId id, JobSpec spec) {
    parts.records().checkRoom();
    Requirements needs = Requirements.of(spec);
    Refusals.check(parts.rooms(), needs, spec);
    Instant created = clock.next();
    Job job = QueuedJob.accepted(id, spec, call.caller().uri(), created);
    Promise<Job> answer = Promise.promise();
    fresh.put(id, job);
    parts.index().put(IndexedJobs.queued(job));
    line.add(Waiting.of(job, id, needs));
    // Behind others that ask the same it has to wait as they do.
    if (line.isHead(id)) {
      direct.put(id, new Direct(call, answer));
      pass();
      if (direct.remove(id) == null) {
        return answer.future();
      }
    }
    if (backlog.size() > bounds.jobs()) {
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
              if (saved.succeeded()) {
                fresh.remove(id);
                return Future.succeededFuture(job);
              }
              if (backlog.has(id)) {
                drop(id);
                parts.records().forget(id);
              }
              // A worker may have it by now, which alone makes it durable.
              return Future.failedFuture(JobOrders.withId(saved.cause(), id));
            });
  }

  /** Forgets a job that was not accepted. */
  private void drop(JobId id) {
    leave(id);
    parts.index().refused(id);
  }

  /** A job waits no more: a worker has it, or it is over. */
  void leave(JobId id) {
    backlog.remove(id);
    fresh.remove(id);
    orders.forget(id);
  }

  /** Whether a job waits to be acknowledged, and all of it is here. */
  boolean isFresh(JobId id) {
    return fresh.containsKey(id);
  }

  /** The jobs that have no worker yet. */
  Backlog backlog() {
    return backlog;
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
    boolean away = parts.records().isAway();
    List<Placed> placed = PlacementPass.run(line, parts.rooms(), BATCH);
    // What is to be run is in the store alone; nobody takes their place meanwhile.
    List<Placed> kept = new ArrayList<>();
    for (Placed each : placed) {
      JobId id = each.job().id();
      Direct asked = direct.remove(id);
      Job unsaved = fresh.remove(id);
      if (asked != null && unsaved != null) {
        startNow(each, unsaved, asked);
      } else if (away && unsaved == null) {
        kept.add(each);
      } else if (!orders.start(each, Optional.ofNullable(unsaved))) {
        parts.rooms().release(id);
      }
    }
    kept.forEach(each -> backlog.keep(each.job(), parts.rooms()));
    if (placed.size() == BATCH && kept.isEmpty()) {
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
              if (!(failure instanceof ApiException refusal
                  && refusal.isDefinite()
                  && OpenOrders.isForLater(refusal, placed.job(), 1))) {
                return Future.failedFuture(failure);
              }
              fresh.put(id, job);
              parts.index().put(IndexedJobs.queued(job));
              backlog.delay(placed.job(), 1);
              return keep(id, job, SpecMapping.fromProto(job.getSpec()));
            })
        .onComplete(asked.answer());
  }

  /** No worker took the job; it waits again. */
  private void again(Waiting job, Optional<Job> record, int times) {
    if (record.isPresent()) {
      parts.index().put(IndexedJobs.queued(record.get()));
      parts.records().note(record.get());
      timeouts.resume(job.id(), record.get(), clock.now());
    } else {
      parts.index().get(job.id()).map(IndexedJobs::queued).ifPresent(parts.index()::put);
    }
    backlog.again(job, times, parts);
  }

  /** A job whose run was lost with its worker is run again. */
  void retry(Job record, int attempt) {
    Job next = QueuedJob.waiting(record, attempt);
    LOG.info("job {} is run again: attempt {}", next.getJobId(), attempt);
    again(Waiting.of(next), Optional.of(next), attempt - 1);
  }

  /**
   * Ends a job that waits.
   *
   * @return the job when its end is durable; empty when it does not wait any more
   */
  Future<Optional<Job>> stop(JobId id, String why) {
    return stop(id, JobState.Name.STOPPED, why);
  }

  /** It waits on until its record is there, without which nobody could tell of it any more. */
  private Future<Optional<Job>> stop(JobId id, JobState.Name state, String why) {
    if (!backlog.has(id)) {
      return Future.succeededFuture(Optional.empty());
    }
    Job unsaved = fresh.get(id);
    return (unsaved == null
            ? parts.records().get(id)
            : Future.succeededFuture(Optional.of(unsaved)))
        .compose(
            found -> {
              if (!backlog.has(id)) {
                return Future.succeededFuture(Optional.empty());
              }
              Optional<Job> known = parts.index().get(id).map(IndexedJobs::waiting);
              return end(found.or(() -> known).orElseThrow(), state, why).map(Optional::of);
            });
  }

  private Future<Job> end(Job job, JobState.Name state, String why) {
    leave(new JobId(job.getJobId()));
    return ends.end(job, state, why);
  }

  /** To be called about once a second. */
  void tick() {
    ends.tick();
    timeouts.over().forEach(this::timeOut);
    orders.tick();
    look();
  }

  private void timeOut(JobId id) {
    if (backlog.has(id)) {
      LOG.info("job {} has waited too long", id);
      stop(id, JobState.Name.TIMED_OUT, TOO_LONG).onFailure(_ -> timeOutLater(id));
    } else {
      timeOutLater(id);
    }
  }

  /** It may come back from the worker that it was given to. */
  private void timeOutLater(JobId id) {
    if (parts.index().get(id).filter(entry -> !JobArrivals.isThere(entry)).isPresent()) {
      timeouts.add(id, LOOK_AGAIN);
    }
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
