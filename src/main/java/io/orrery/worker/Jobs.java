package io.orrery.worker;

import io.micrometer.core.instrument.Timer;
import io.orrery.bus.JobBus;
import io.orrery.bus.JobChanged;
import io.orrery.job.ApiException;
import io.orrery.job.Job;
import io.orrery.job.JobId;
import io.orrery.job.JobState;
import io.orrery.process.Exit;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.WorkerExecutor;
import java.time.Duration;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
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
  private final ReplacedRuns replaced = new ReplacedRuns();
  private final Map<JobId, Live> live = new HashMap<>();

  /**
   * What the jobs are run with: the context and the pool, the bus and the clock, and what measures
   * how long starts take.
   */
  record Tools(
      Context context, WorkerExecutor pool, JobBus bus, InstantSource clock, Timer spawns) {}

  /**
   * A job that has not ended: when nothing is left of an earlier run, its start, its end, an exit
   * that came before the start was told, whether it is stopped for its output, and why the
   * scheduler has it stopped.
   */
  private static final class Live {
    private final Promise<Job> alone = Promise.promise();
    private final Promise<Job> started = Promise.promise();
    private final Promise<Job> ended = Promise.promise();
    private @Nullable Exit early;
    private boolean atLimit;
    private String stopReason = "";

    private void fail(Throwable failure) {
      alone.tryFail(failure);
      started.fail(failure);
      ended.fail(failure);
    }
  }

  Jobs(Tools tools, JobTable table, JobStarter starter, WorkerIdentity self, Fitness fitness) {
    this.tools = tools;
    this.table = table;
    this.starter = starter;
    this.self = self;
    this.fitness = fitness;
  }

  /**
   * Starts the job, or answers with the one that has this id already when it is the same. A higher
   * attempt takes the place of one that has ended.
   *
   * @return fails with an {@link ApiException} when the job is not accepted; then an earlier
   *     attempt is there as before, unless its place was taken already
   */
  Future<Job> start(NewJob asked) {
    Job known = table.get(asked.id());
    if (known == null) {
      return startNew(asked, null);
    }
    if (!known.owner().equals(asked.owner()) || !known.spec().equals(asked.spec())) {
      return Future.failedFuture(ApiException.jobIdTaken(asked.id()));
    }
    if (asked.attempt() > known.site().attempt() && known.state().isTerminal()) {
      return startNew(asked, known);
    }
    return asked.attempt() == known.site().attempt()
        ? whenStarted(known)
        : Future.failedFuture(StartRefusals.otherAttempt(self.name(), known, asked));
  }

  private Future<Job> startNew(NewJob asked, @Nullable Job earlier) {
    if (!fitness.reason().isEmpty()) {
      return Future.failedFuture(StartRefusals.unfit(self.name(), fitness.reason()));
    }
    Job job =
        new Job(
            asked.id(),
            asked.spec(),
            asked.owner(),
            new Job.Site(self.id(), self.name(), asked.attempt()),
            asked.createTime() == null ? tools.clock().instant() : asked.createTime(),
            new JobState.Starting(),
            Job.StreamBytes.NONE);
    Live entry = new Live();
    live.put(job.id(), entry);
    if (earlier == null) {
      table.put(job);
      entry.alone.complete(job);
      launch(job, entry);
    } else {
      replace(earlier, job, entry);
    }
    return entry.started.future();
  }

  /**
   * The table has the next run before the earlier one is cleared: who starts it too joins it, and
   * who had to do with the earlier one leaves it alone.
   */
  private void replace(Job earlier, Job next, Live entry) {
    table.remove(earlier);
    table.put(next);
    replaced.tell(next);
    tools
        .pool()
        .executeBlocking(() -> starter.clear(next), false)
        .onSuccess(entry.alone::complete)
        .onSuccess(_ -> launch(next, entry))
        .onFailure(
            failure -> {
              table.remove(next);
              live.remove(next.id());
              change(earlier);
              entry.fail(failure);
            });
  }

  private void launch(Job job, Live entry) {
    long begin = System.nanoTime();
    starter
        .start(job, exit -> onExit(job.id(), entry, exit))
        .onSuccess(_ -> tools.spawns().record(Duration.ofNanos(System.nanoTime() - begin)))
        .onSuccess(running -> started(running, entry))
        .onFailure(failure -> refused(job, entry, failure));
  }

  /** Follows a job on that was found running. */
  void adopt(JobRecovery.Resumed resumed) {
    Job job = resumed.job();
    Live entry = new Live();
    entry.alone.complete(job);
    entry.started.complete(job);
    entry.atLimit = resumed.why().atLimit();
    entry.stopReason = resumed.why().reason();
    live.put(job.id(), entry);
    table.put(job);
    starter.adopt(job);
    var unused = resumed.exit().thenAccept(exit -> onExit(job.id(), entry, exit));
  }

  /** It was not accepted: nobody has heard of it but those who asked for it twice at once. */
  private void refused(Job job, Live entry, Throwable failure) {
    live.remove(job.id());
    table.remove(job);
    entry.fail(failure);
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

  /** On a thread of the runner; an exit of an earlier run that comes late is nobody's. */
  private void onExit(JobId id, Live entry, Exit exit) {
    tools
        .context()
        .runOnContext(
            _ -> {
              Job job = table.get(id);
              if (live.get(id) != entry || job == null) {
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
    table.put(JobEnds.withLoss(current(job.id()), exit));
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

  /** Where a run of a job that has ended is given up for the next one. */
  ReplacedRuns replaced() {
    return replaced;
  }

  /** The job once its directory is its own, if it was an earlier run's; or why it never was. */
  Future<Job> whenAlone(Job job) {
    Live entry = live.get(job.id());
    return entry == null ? Future.succeededFuture(job) : entry.alone.future();
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

  /** The jobs that have not ended. */
  Set<JobId> alive() {
    return Set.copyOf(live.keySet());
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
