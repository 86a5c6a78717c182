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
    this.delayed = new DelayedJobs(vertx, System::nanoTime, this::due);
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

  /** In what time a job is tried again that is tried again later. */
  Optional<Duration> delayed(JobId id) {
    return delayed.left(id);
  }

  /** All of them, in no order. */
  Stream<JobId> ids() {
    return Stream.concat(line.all().stream(), delayed.all()).map(Waiting::id);
  }

  /** A job that was given room has to wait all the same. */
  void keep(Waiting job, Rooms rooms) {
    rooms.release(job.id());
    line.add(job);
  }

  /**
   * No worker took a job: it is in line again after a while, and at once while the store fails,
   * which keeps it from its place and is not to give that to others.
   */
  void again(Waiting job, int times, JobQueue.Parts parts) {
    if (parts.records().isAway()) {
      keep(job, parts.rooms());
    } else {
      delay(job, times);
    }
  }

  boolean has(JobId id) {
    return line.get(id).isPresent() || delayed.has(id);
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
