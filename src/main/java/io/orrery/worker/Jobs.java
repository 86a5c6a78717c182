package io.orrery.worker;

import io.micrometer.core.instrument.Timer;
import io.orrery.bus.JobBus;
import io.orrery.bus.JobChanged;
import io.orrery.job.ApiException;
import io.orrery.job.Job;
import io.orrery.job.JobId;
import io.orrery.job.JobState;
import io.orrery.job.Reason;
import io.orrery.process.Exit;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.WorkerExecutor;
import java.time.Duration;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Starts jobs and follows them through their lives, on the worker's one context; what blocks runs
 * on a pool of its own.
 *
 * <p>An end is never announced before its start, and never before the job's byte totals are fixed.
 */
final class Jobs {
  private final Tools tools;
  private final JobTable table;
  private final JobStarter starter;
  private final WorkerIdentity self;
  private final Fitness fitness;
  private final Map<JobId, Live> live = new HashMap<>();

  /**
   * What the jobs are run with: the context and the pool, the bus and the clock, and what measures
   * how long starts take.
   */
  record Tools(
      Context context, WorkerExecutor pool, JobBus bus, InstantSource clock, Timer spawns) {}

  /**
   * A job that has not ended: its start, its end, an exit that came before the start was told,
   * whether it is stopped for its output, and why the scheduler has it stopped.
   */
  private static final class Live {
    private final Promise<Job> started = Promise.promise();
    private final Promise<Job> ended = Promise.promise();
    private @Nullable Exit early;
    private boolean atLimit;
    private String stopReason = "";
  }

  Jobs(Tools tools, JobTable table, JobStarter starter, WorkerIdentity self, Fitness fitness) {
    this.tools = tools;
    this.table = table;
    this.starter = starter;
    this.self = self;
    this.fitness = fitness;
  }

  /**
   * Starts the job, or answers with the one that has this id already when it is the same.
   *
   * @return fails with an {@link ApiException} when the job is not accepted
   */
  Future<Job> start(NewJob asked) {
    Job known = table.get(asked.id());
    if (known != null && asked.attempt() > known.site().attempt() && known.state().isTerminal()) {
      return tools
          .pool()
          .executeBlocking(() -> starter.clear(known.id()), false)
          .compose(_ -> startNew(asked));
    }
    return known == null ? startNew(asked) : repeated(known, asked);
  }

  private Future<Job> startNew(NewJob asked) {
    if (!fitness.reason().isEmpty()) {
      return Future.failedFuture(
          new ApiException(
              Reason.DRAINING,
              "worker "
                  + self.name()
                  + " takes no new jobs: "
                  + fitness.reason()
                  + "; try another, or again later",
              Map.of("worker_name", self.name())));
    }
    JobState.Starting starting = new JobState.Starting();
    Job job =
        new Job(
            asked.id(),
            asked.spec(),
            asked.owner(),
            new Job.Site(self.id(), self.name(), asked.attempt()),
            asked.createTime() == null ? tools.clock().instant() : asked.createTime(),
            starting,
            Job.StreamBytes.NONE);
    Live entry = new Live();
    live.put(job.id(), entry);
    table.put(job);
    long begin = System.nanoTime();
    tools
        .pool()
        .executeBlocking(() -> starter.start(job, starting, exit -> onExit(job.id(), exit)), false)
        .onSuccess(_ -> tools.spawns().record(Duration.ofNanos(System.nanoTime() - begin)))
        .onSuccess(running -> started(running, entry))
        .onFailure(failure -> refused(job, entry, failure));
    return entry.started.future();
  }

  /** Follows a job on that was found running. */
  void adopt(JobRecovery.Resumed resumed) {
    Job job = resumed.job();
    Live entry = new Live();
    entry.started.complete(job);
    live.put(job.id(), entry);
    table.put(job);
    starter.adopt(job);
    var unused = resumed.exit().thenAccept(exit -> onExit(job.id(), exit));
  }

  private Future<Job> repeated(Job known, NewJob asked) {
    if (!known.owner().equals(asked.owner()) || !known.spec().equals(asked.spec())) {
      return Future.failedFuture(
          new ApiException(
              Reason.REQUEST_ID_CONFLICT,
              "the job id " + asked.id() + " is taken by another job; choose a new one",
              Map.of("job_id", asked.id().value())));
    }
    if (asked.attempt() != known.site().attempt()) {
      return Future.failedFuture(
          new ApiException(
              Reason.STALE_ATTEMPT,
              "worker "
                  + self.name()
                  + " has attempt "
                  + known.site().attempt()
                  + " of job "
                  + known.id()
                  + ", and was asked for attempt "
                  + asked.attempt(),
              Map.of("job_id", known.id().value(), "worker_name", self.name())));
    }
    Live entry = live.get(known.id());
    return entry == null ? Future.succeededFuture(known) : entry.started.future();
  }

  /** It was not accepted: nobody has heard of it but those who asked for it twice at once. */
  private void refused(Job job, Live entry, Throwable failure) {
    live.remove(job.id());
    table.remove(job);
    entry.started.fail(failure);
    entry.ended.fail(failure);
  }

  private void started(Job running, Live entry) {
    if (running.state() instanceof JobState.Ended ended) {
      entry.started.complete(running);
      end(running, entry, ended);
      return;
    }
    // First the table: who waits for the start looks there what to do next.
    change(running);
    entry.started.complete(running);
    if (entry.early != null) {
      exited(running, entry, entry.early);
    }
  }

  /** On a thread of the runner. */
  private void onExit(JobId id, Exit exit) {
    tools
        .context()
        .runOnContext(
            _ -> {
              Live entry = live.get(id);
              Job job = table.get(id);
              if (entry == null || job == null) {
                return;
              }
              if (entry.started.future().isComplete()) {
                exited(job, entry, exit);
              } else {
                entry.early = exit;
              }
            });
  }

  private void exited(Job job, Live entry, Exit exit) {
    end(
        job,
        entry,
        entry.atLimit
            ? JobEnds.atLimit(job.process(), exit)
            : JobEnds.because(entry.stopReason, JobEnds.of(job.process(), exit)));
  }

  /** The job is about to be stopped since it printed more than it may. */
  void reachedLimit(JobId id) {
    Live entry = live.get(id);
    if (entry != null) {
      entry.atLimit = true;
    }
  }

  /** The job is about to be stopped for this reason. */
  void stopsFor(JobId id, String reason) {
    Live entry = live.get(id);
    if (entry != null) {
      entry.stopReason = reason;
    }
  }

  private void end(Job job, Live entry, JobState.Ended ended) {
    starter
        .finish(job)
        .onComplete(
            totals -> {
              Job now = current(job.id());
              Job over = totals.succeeded() ? now.with(totals.result()) : now;
              live.remove(job.id());
              change(over.in(ended));
              entry.ended.complete(current(job.id()));
            });
  }

  private Job current(JobId id) {
    Job job = table.get(id);
    if (job == null) {
      throw new IllegalStateException("job " + id + " is not in the table");
    }
    return job;
  }

  /** The job's new state is known to all from now on. */
  void change(Job job) {
    table.put(job);
    tools.bus().publish(new JobChanged(job));
  }

  /** The job once its start is known, or why it was not accepted. */
  Future<Job> whenStarted(Job job) {
    Live entry = live.get(job.id());
    return entry == null ? Future.succeededFuture(current(job.id())) : entry.started.future();
  }

  /** The job once it is over. */
  Future<Job> whenEnded(JobId id) {
    Live entry = live.get(id);
    return entry == null ? Future.succeededFuture(current(id)) : entry.ended.future();
  }

  /** Completes when no start is under way any more: each is a process now, or has failed. */
  Future<Void> whenStarted() {
    return Future.join(
            live.values().stream().map(entry -> entry.started.future().otherwiseEmpty()).toList())
        .mapEmpty();
  }

  /** Completes when no job runs any more. */
  Future<Void> whenIdle() {
    return Future.join(live.values().stream().map(entry -> entry.ended.future()).toList())
        .mapEmpty();
  }
}
