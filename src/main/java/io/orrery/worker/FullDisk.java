package io.orrery.worker;

import io.orrery.bus.JobBus;
import io.orrery.job.Job;
import io.orrery.job.JobState;
import io.orrery.job.OutputLoss;
import io.orrery.output.DiskRoom.Fullness;
import io.vertx.core.WorkerExecutor;
import java.time.InstantSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Notes on the jobs that run while the disk is full that their output may not be whole: they write
 * it themselves, so nobody else hears of the bytes that the disk did not take. For the worker's
 * context.
 */
final class FullDisk {
  private static final Logger LOG = LoggerFactory.getLogger(FullDisk.class);

  private final JobTable table;
  private final Jobs jobs;
  private final JobDirectories directories;
  private final InstantSource clock;
  private final WorkerExecutor pool;

  FullDisk(
      JobTable table,
      Jobs jobs,
      JobDirectories directories,
      InstantSource clock,
      WorkerExecutor pool) {
    this.table = table;
    this.jobs = jobs;
    this.directories = directories;
    this.clock = clock;
    this.pool = pool;
  }

  /** To be called on the worker's context. */
  void listen(JobBus bus) {
    bus.watchAll(change -> ended(change.job()));
  }

  /** The disk was looked at. */
  void found(Fullness fullness) {
    jobs.alive().stream()
        .flatMap(id -> table.lookUp(id).stream())
        .filter(job -> job.process() != null)
        .forEach(job -> note(job, fullness.isFor(job.spec().runAs())));
  }

  private void note(Job job, boolean full) {
    OutputLoss known = job.outputLoss();
    if (full && (known == null || !known.lasts())) {
      LOG.warn("job {}: the disk is full, what it writes now may be lost", job.id());
      jobs.change(job.with(known == null ? OutputLoss.since(clock.instant()) : known.again()));
    } else if (!full && known != null && known.lasts()) {
      Job over = job.with(known.until(clock.instant()));
      jobs.change(over);
      record(over);
    }
  }

  /** Its loss, if it has one, has ended with it. */
  private void ended(Job job) {
    if (job.state() instanceof JobState.Ended && job.outputLoss() != null) {
      record(job);
    }
  }

  private void record(Job job) {
    pool.executeBlocking(
            () -> {
              directories.recordLoss(job);
              return job;
            },
            false)
        .onFailure(failure -> LOG.error("job {}: its loss is not on record", job.id(), failure));
  }
}
