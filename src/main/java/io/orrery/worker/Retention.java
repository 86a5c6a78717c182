package io.orrery.worker;

import io.orrery.job.Job;
import io.orrery.job.JobId;
import io.orrery.job.JobState;
import io.orrery.job.OutputRemoval;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Removes the output of ended jobs, and at last their records, as the rules say: soon after a job
 * has ended, and every few seconds. Works on a thread of its own, one job at a time; jobs that have
 * not ended are not known here. Ages are told by the monotonic clock; by the wall clock only how
 * old it was when this worker began what an earlier one has left.
 */
final class Retention implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Retention.class);

  /** So that many ends are one look. */
  private static final Duration SOON = Duration.ofMillis(500);

  private static final Duration PERIOD = Duration.ofSeconds(10);

  private final RetentionPlan.Rules rules;
  private final EndedJobs ended;
  private final JobRemoval removal;
  private final InstantSource clock;
  private final LongSupplier nanoTime;
  private final Instant start;
  private final long startNanos;
  private final Map<JobId, RetentionPlan.Finished> finished = new LinkedHashMap<>();

  /** Jobs whose output counts as gone, and of which files are left. */
  private final Map<JobId, Job> unfinished = new LinkedHashMap<>();

  private final ScheduledThreadPoolExecutor thread =
      new ScheduledThreadPoolExecutor(
          1, Thread.ofPlatform().name("orrery-retention").daemon().factory());
  private boolean soon;
  private boolean complained;

  Retention(
      RetentionPlan.Rules rules,
      EndedJobs ended,
      JobRemoval removal,
      InstantSource clock,
      LongSupplier nanoTime) {
    this.rules = rules;
    this.ended = ended;
    this.removal = removal;
    this.clock = clock;
    this.nanoTime = nanoTime;
    this.start = clock.instant();
    this.startNanos = nanoTime.getAsLong();
  }

  /** The time of the wall clock when this began, and what went by since then. */
  private Instant steadyTime() {
    return start.plusNanos(nanoTime.getAsLong() - startNanos);
  }

  /** Begins to look; what an earlier worker left undone is done first. */
  void start() {
    thread.execute(this::begin);
    var unused =
        thread.scheduleWithFixedDelay(
            this::guardedPass, SOON.toMillis(), PERIOD.toMillis(), TimeUnit.MILLISECONDS);
  }

  private void begin() {
    try {
      removal.emptyWaste();
    } catch (IOException e) {
      LOG.warn("records of jobs are left in the data directory", e);
    }
  }

  /** A job has ended just now. May be called on any thread, also again for what it says since. */
  void ended(Job job, long held) {
    ended(job, held, steadyTime());
  }

  /** The same of a job that ended in an earlier life of this worker; not in times to come. */
  void endedBefore(Job job, long held) {
    Instant end = job.state() instanceof JobState.Ended over ? over.completion().endTime() : start;
    ended(job, held, end.isBefore(start) ? end : start);
  }

  private void ended(Job job, long held, Instant since) {
    thread.execute(
        () -> {
          RetentionPlan.Finished known = finished.get(job.id());
          finished.put(
              job.id(),
              new RetentionPlan.Finished(job, held, known == null ? since : known.since()));
          if (job.outputRemoval() != null && !removal.isFinished(job.id())) {
            unfinished.put(job.id(), job);
          }
          if (!soon) {
            soon = true;
            var unused = thread.schedule(this::guardedPass, SOON.toMillis(), TimeUnit.MILLISECONDS);
          }
        });
  }

  /**
   * Removes all that is left of a run that has ended, since the next one of the job takes its
   * place: nothing of it is removed later. Waits for the thread and the disk.
   *
   * @throws IOException when the disk does not take it; then the run has to be told again as {@link
   *     #ended}
   */
  void clear(JobId id) throws IOException {
    Future<JobId> cleared =
        thread.submit(
            () -> {
              finished.remove(id);
              unfinished.remove(id);
              removal.removeRecord(id);
              return id;
            });
    try {
      cleared.get();
    } catch (ExecutionException e) {
      if (e.getCause() instanceof IOException failure) {
        throw failure;
      }
      throw new IllegalStateException("job " + id + " cannot be cleared", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("the worker is stopping", e);
    }
  }

  private void guardedPass() {
    soon = false;
    try {
      pass();
    } catch (RuntimeException e) {
      LOG.error("what is kept of ended jobs is not looked after", e);
    }
  }

  /** On a full disk it is the same for all. */
  private void complain(Job job, String what, IOException cause) {
    if (!complained) {
      complained = true;
      LOG.warn("job {}: {}; it and others are tried again", job.id(), what, cause);
    }
  }

  private void pass() {
    complained = false;
    unfinished.values().removeIf(this::filesAreRemoved);
    RetentionPlan.outputs(finished.values(), rules, steadyTime()).forEach(this::removeOutput);
    RetentionPlan.records(finished.values(), rules, steadyTime()).forEach(this::removeRecord);
  }

  /** In this order: it is on disk, then the job says so, then it is so. */
  private void removeOutput(Job job, OutputRemoval.Rule rule) {
    Job without = job.without(new OutputRemoval(clock.instant(), rule));
    try {
      removal.record(without);
    } catch (IOException e) {
      complain(job, "its output cannot be removed", e);
      return;
    }
    if (!ended.show(without)) {
      return; // its place is taken: all of it is cleared next
    }
    LOG.debug("job {}: its output goes: {}", job.id(), rule);
    finished.computeIfPresent(
        job.id(), (_, known) -> new RetentionPlan.Finished(without, 0, known.since()));
    if (!filesAreRemoved(without)) {
      unfinished.put(job.id(), without);
    }
  }

  private boolean filesAreRemoved(Job job) {
    try {
      removal.removeOutput(job);
      return true;
    } catch (IOException e) {
      complain(job, "files of its output are left", e);
      return false;
    }
  }

  private void removeRecord(Job job) {
    if (!ended.forget(job)) {
      return;
    }
    finished.remove(job.id());
    unfinished.remove(job.id());
    try {
      removal.removeRecord(job.id());
    } catch (IOException e) {
      LOG.warn("job {}: its record is left in the data directory", job.id(), e);
    }
  }

  /** Lets what is under way come to its end. */
  @Override
  public void close() {
    for (Runnable waiting : thread.shutdownNow()) {
      if (waiting instanceof Future<?> task) {
        task.cancel(false);
      }
    }
    boolean interrupted = false;
    while (!thread.isTerminated()) {
      try {
        var unused = thread.awaitTermination(1, TimeUnit.SECONDS);
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
