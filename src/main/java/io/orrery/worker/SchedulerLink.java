package io.orrery.worker;

import io.orrery.job.ApiException;
import io.orrery.job.Job;
import io.orrery.job.JobId;
import io.orrery.job.Reason;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps the worker known to the scheduler: registers, beats, registers again when it is forgotten,
 * and leaves. It belongs to the worker's one context, and never gives up before it is closed.
 */
final class SchedulerLink {
  private static final Logger LOG = LoggerFactory.getLogger(SchedulerLink.class);
  private static final Duration FIRST_RETRY = Duration.ofMillis(200);
  private static final Duration LAST_RETRY = Duration.ofSeconds(5);

  /** The shortest time between two heartbeats, however fast jobs change. */
  private static final Duration QUIET = Duration.ofMillis(200);

  /** How long a registration that is under way is waited for before leaving. */
  private static final Duration LAST_WORD = Duration.ofSeconds(2);

  /** What one registration tells of, so that it fits into a message. */
  static final int MOST_REPORTED = 20_000;

  /** What one heartbeat tells of; the rest comes with the next, at once. */
  static final int MOST_CHANGED = 5_000;

  private final Vertx vertx;
  private final SchedulerCalls scheduler;
  private final JobTable table;
  private final Fitness fitness;
  private final ChangedJobs changed = new ChangedJobs();
  private final ChangedJobs forgotten = new ChangedJobs();
  private Duration retry = FIRST_RETRY;
  private Duration lease = Duration.ofSeconds(10);
  private Future<Duration> registration = Future.failedFuture("not asked for yet");
  private boolean registered;
  private boolean closed;
  private boolean told;
  private long timer = -1;
  private long lastBeat;

  SchedulerLink(Vertx vertx, SchedulerCalls scheduler, JobTable table, Fitness fitness) {
    this.vertx = vertx;
    this.scheduler = scheduler;
    this.table = table;
    this.fitness = fitness;
    fitness.onChange(this::beatSoon);
  }

  /** Begins; a scheduler that is not there yet is tried again. */
  void start() {
    register();
  }

  /** Tells the scheduler soon that the job has changed. */
  void jobChanged(JobId id) {
    changed.add(id);
    beatSoon();
  }

  private void beatSoon() {
    if (registered && timer >= 0) {
      long sinceBeat = System.nanoTime() - lastBeat;
      schedule(Duration.ofNanos(Math.max(1_000_000, QUIET.toNanos() - sinceBeat)), this::beat);
    }
  }

  /** Tells the scheduler soon that the job is not known any more. */
  void jobForgotten(JobId id) {
    forgotten.add(id);
    beatSoon();
  }

  private void register() {
    timer = -1;
    Map<JobId, Long> reported = changed.snapshot();
    Collection<Job> jobs = table.newest(MOST_REPORTED);
    Future<Duration> answer = scheduler.register(jobs, fitness.reason());
    registration = answer;
    answer
        .onSuccess(
            granted -> {
              LOG.info("registered with the scheduler as worker {}", scheduler.workerId());
              forget(reported, jobs);
              registered = true;
              told = false;
              answered(granted);
            })
        .onFailure(failure -> failed("register", failure));
  }

  /** What a registration had no room for comes with the heartbeats after it. */
  private void forget(Map<JobId, Long> reported, Collection<Job> told) {
    Map<JobId, Long> heard = new HashMap<>(reported);
    heard.keySet().retainAll(told.stream().map(Job::id).collect(Collectors.toSet()));
    changed.remove(heard);
  }

  private void beat() {
    timer = -1;
    lastBeat = System.nanoTime();
    Map<JobId, Long> reported = changed.snapshot(MOST_CHANGED);
    List<Job> jobs = reported.keySet().stream().flatMap(id -> table.lookUp(id).stream()).toList();
    Map<JobId, Long> gone = forgotten.snapshot(MOST_CHANGED);
    scheduler
        .heartbeat(jobs, gone.keySet(), table.running(), fitness.reason())
        .onSuccess(
            granted -> {
              changed.remove(reported);
              forgotten.remove(gone);
              answered(granted);
              if (reported.size() == MOST_CHANGED) {
                schedule(Duration.ZERO, this::beat);
              }
            })
        .onFailure(
            failure -> {
              if (failure instanceof ApiException refusal
                  && refusal.reason() == Reason.WORKER_NOT_FOUND) {
                registered = false;
              }
              failed("heartbeat", failure);
            });
  }

  private void answered(Duration granted) {
    lease = granted;
    retry = FIRST_RETRY;
    if (changed.isEmpty()) {
      schedule(jittered(lease.dividedBy(3)), this::beat);
    } else {
      schedule(QUIET, this::beat);
    }
  }

  private void failed(String call, Throwable failure) {
    if (!told) {
      LOG.warn("the scheduler did not take the {}; trying on: {}", call, failure.getMessage());
      told = true;
    } else {
      LOG.debug("the scheduler did not take the {}: {}", call, failure.getMessage());
    }
    scheduler.useNextAddress();
    schedule(jittered(retry), registered ? this::beat : this::register);
    retry = retry.multipliedBy(2).compareTo(LAST_RETRY) > 0 ? LAST_RETRY : retry.multipliedBy(2);
  }

  private void schedule(Duration delay, Runnable next) {
    if (closed) {
      return;
    }
    if (timer >= 0) {
      vertx.cancelTimer(timer);
    }
    timer = vertx.setTimer(Math.max(1, delay.toMillis()), _ -> next.run());
  }

  /** Between four and six fifths of the time, so that a fleet does not beat in one burst. */
  private static Duration jittered(Duration time) {
    return time.multipliedBy(ThreadLocalRandom.current().nextInt(80, 121)).dividedBy(100);
  }

  /** Leaves in order; a scheduler that does not answer is left all the same. */
  Future<Void> close(String reason) {
    closed = true;
    if (timer >= 0) {
      vertx.cancelTimer(timer);
    }
    return registration
        .timeout(LAST_WORD.toMillis(), TimeUnit.MILLISECONDS)
        .transform(_ -> registered ? scheduler.deregister(reason) : Future.succeededFuture())
        .otherwiseEmpty();
  }
}
