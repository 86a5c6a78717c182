package io.orrery.worker;

import io.orrery.job.Job;
import io.orrery.job.JobId;
import io.orrery.job.JobState;
import io.orrery.v1.StopOrder;
import io.vertx.core.WorkerExecutor;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Stops the jobs that the scheduler wants stopped, with SIGTERM and their grace. Why is on the disk
 * before the stop, so that a worker that is started anew tells it too. For the worker's one
 * context.
 */
final class OrderedStops {
  private static final Logger LOG = LoggerFactory.getLogger(OrderedStops.class);
  private static final int SIGTERM = 15;

  private final Jobs jobs;
  private final JobTable table;
  private final JobStopping stopping;
  private final JobDirectories directories;
  private final WorkerExecutor pool;

  OrderedStops(
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

  /** Stops the job, unless it has ended, is being stopped, or is a newer attempt. */
  void stop(StopOrder order) {
    if (JobId.isWhole(order.getJobId())) {
      table
          .lookUp(new JobId(order.getJobId()))
          .filter(job -> job.site().attempt() <= order.getAttempt())
          .ifPresent(job -> jobs.whenStarted(job).onSuccess(_ -> stopStarted(job.id(), order)));
    }
  }

  private void stopStarted(JobId id, StopOrder order) {
    Job job = table.get(id);
    if (job == null
        || !(job.state() instanceof JobState.Running)
        || job.site().attempt() > order.getAttempt()) {
      return;
    }
    LOG.info("job {} is stopped for the scheduler: {}", id, order.getReason());
    jobs.stopsFor(id, order.getReason());
    pool.executeBlocking(
            () -> {
              directories.recordStop(job, order.getReason());
              return id;
            },
            false)
        .compose(_ -> stopping.stop(job, SIGTERM, null))
        .onFailure(failure -> LOG.error("job {} cannot be stopped", id, failure));
  }
}
