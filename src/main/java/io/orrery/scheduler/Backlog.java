package io.orrery.scheduler;

import io.orrery.job.JobId;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The jobs that have no worker: those in line, those that are tried again later, and until when
 * each may wait. It belongs to one context.
 */
final class Backlog {
  private final WaitingLine line = new WaitingLine();
  private final DelayedJobs delayed;
  private final QueueTimeouts timeouts;
  private final Runnable changed;

  /**
   * An empty one.
   *
   * @param usual how long a job may wait that does not say
   * @param changed is run when a job is in line again
   */
  Backlog(Vertx vertx, Duration usual, Runnable changed) {
    this.delayed = new DelayedJobs(vertx, this::due);
    this.timeouts = new QueueTimeouts(System::nanoTime, usual);
    this.changed = changed;
  }

  private void due(Waiting job) {
    line.add(job);
    changed.run();
  }

  WaitingLine line() {
    return line;
  }

  QueueTimeouts timeouts() {
    return timeouts;
  }

  /** The job is tried again later, the later the more often it was tried. */
  void delay(Waiting job, int times) {
    delayed.add(job, times);
  }

  /** A job that is tried again later. */
  Optional<Waiting> delayed(JobId id) {
    return delayed.get(id);
  }

  boolean has(JobId id) {
    return line.get(id).isPresent() || delayed.get(id).isPresent();
  }

  void remove(JobId id) {
    line.remove(id);
    delayed.remove(id);
    timeouts.remove(id);
  }

  int size() {
    return line.size() + delayed.size();
  }

  /** When the job was submitted that was submitted first of them. */
  Optional<Instant> oldest() {
    return Stream.concat(line.oldest().stream(), delayed.all())
        .min(Comparator.comparingLong(Waiting::sequence))
        .map(job -> JobRecords.submission(job.sequence()));
  }
}
