package io.orrery.worker;

import io.orrery.job.ApiException;
import io.orrery.job.Job;
import io.orrery.job.JobId;
import io.orrery.job.JobState;
import io.orrery.job.Reason;
import io.orrery.process.Runner;
import io.orrery.process.TreeReport;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.WorkerExecutor;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Stops and signals jobs; belongs to the worker's one context. The runner is told on the pool, one
 * thing after the other, so that what comes later arrives later.
 */
final class JobStopping {
  private final Context context;
  private final WorkerExecutor pool;
  private final Runner runner;
  private final Jobs jobs;
  private final JobTable table;

  /** A job after a stop, and the processes that did not end. */
  record Stopped(Job job, List<Integer> survivors) {}

  JobStopping(Context context, WorkerExecutor pool, Runner runner, Jobs jobs, JobTable table) {
    this.context = context;
    this.pool = pool;
    this.runner = runner;
    this.jobs = jobs;
    this.table = table;
  }

  /**
   * Signal, grace, KILL for the whole tree of a job; answers when the tree is proved empty and the
   * job is over, or with what survived. A job that is over answers at once, and so does one of
   * which another run has taken the place of this one.
   *
   * @param grace null is that of the job's spec
   */
  Future<Stopped> stop(Job found, int signal, @Nullable Duration grace) {
    return jobs.whenStarted(found).compose(_ -> stopStarted(found, signal, grace));
  }

  private Future<Stopped> stopStarted(Job found, int signal, @Nullable Duration grace) {
    JobId id = found.id();
    Job job = table.get(id);
    if (job == null) {
      return Future.failedFuture(ApiException.jobNotFound(id.value()));
    }
    if (job.state().isTerminal() || job.site().attempt() != found.site().attempt()) {
      return Future.succeededFuture(new Stopped(job, List.of()));
    }
    if (job.state() instanceof JobState.Running running) {
      jobs.change(job.in(running.stopping()));
    }
    Duration patience = grace == null ? job.spec().effectiveStopGrace() : grace;
    // Asked for now: by the time of the answer the next run of the job may be here.
    Future<Job> over = jobs.whenEnded(id);
    return pool.executeBlocking(() -> runner.stop(id.value(), signal, patience))
        .compose(stopped -> Future.fromCompletionStage(stopped, context))
        .compose(report -> proved(id, over, report));
  }

  private Future<Stopped> proved(JobId id, Future<Job> over, TreeReport report) {
    if (report.empty()) {
      return over.map(job -> new Stopped(job, List.of()));
    }
    Job job = table.get(id);
    return job == null
        ? Future.failedFuture(ApiException.jobNotFound(id.value()))
        : Future.succeededFuture(new Stopped(job, report.survivors()));
  }

  /** One signal to the process group of a job that runs. */
  Future<Job> signal(Job found, int signal) {
    return jobs.whenStarted(found)
        .compose(
            job -> {
              Job now = table.get(job.id());
              if (now == null || now.state().isTerminal()) {
                return Future.failedFuture(over(job));
              }
              return pool.executeBlocking(
                  () -> {
                    runner.signal(job.id().value(), signal);
                    return now;
                  });
            });
  }

  private static ApiException over(Job job) {
    return new ApiException(
        Reason.JOB_TERMINAL,
        "job " + job.id() + " has ended; there is nothing to signal",
        Map.of("job_id", job.id().value()));
  }
}
