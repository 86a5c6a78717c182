package io.orrery.worker;

import io.orrery.bus.OutputBus;
import io.orrery.bus.OutputLimitReached;
import io.orrery.job.Job;
import io.orrery.job.JobState;
import io.vertx.core.WorkerExecutor;
import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Stops the jobs that print more than they may: with SIGTERM and their grace, and with SIGKILL at
 * once when they print much more in that time. That it is so is on the disk before the stop, so
 * that a worker that is started anew tells the end as it was. For the worker's one context.
 */
final class OutputStops {
  private static final Logger LOG = LoggerFactory.getLogger(OutputStops.class);
  private static final int SIGTERM = 15;

  private final Jobs jobs;
  private final JobTable table;
  private final JobStopping stopping;
  private final JobDirectories directories;
  private final WorkerExecutor pool;

  OutputStops(
      Jobs jobs,
      JobTable table,
      JobStopping stopping,
      JobDirectories directories,
      WorkerExecutor pool) {
    this.jobs = jobs;
    this.table = table;
    this.stopping = stopping;
    this.directories = directories;
    this.pool = pool;
  }

  /** To be called on the worker's context. */
  void listen(OutputBus bus) {
    bus.watchLimits(this::reached);
  }

  private void reached(OutputLimitReached event) {
    table
        .lookUp(event.job())
        .ifPresent(job -> jobs.whenStarted(job).onSuccess(started -> stop(started, event.far())));
  }

  private void stop(Job started, boolean far) {
    table
        .lookUp(started.id())
        .filter(job -> !job.state().isTerminal())
        .ifPresent(
            job -> {
              // Who waited for the start may be told of it before the table is.
              boolean ours = !(job.state() instanceof JobState.Stopping);
              if (ours) {
                LOG.info("job {} is stopped: it printed more than it may", job.id());
                jobs.reachedLimit(job.id());
              }
              if (ours || far) {
                stopNow(job, ours, far ? Duration.ZERO : job.spec().effectiveStopGrace());
              }
            });
  }

  private void stopNow(Job job, boolean record, Duration grace) {
    pool.executeBlocking(
            () -> {
              if (record) {
                directories.recordLimit(job);
              }
              return job;
            },
            false)
        .compose(_ -> stopping.stop(job, SIGTERM, grace))
        .onFailure(failure -> LOG.error("job {} cannot be stopped", job.id(), failure));
  }
}
