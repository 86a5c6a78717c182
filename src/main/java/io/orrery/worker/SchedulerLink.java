package io.orrery.worker;

import io.orrery.job.ApiException;
import io.orrery.job.Job;
import io.orrery.job.JobId;
import io.orrery.job.Reason;
import io.orrery.rpc.TimeLimit;
import io.orrery.v1.WorkerOrders;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Function;
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
  private static final Duration QUIET = Duration.ofMillis(20);

  /** How long a registration that is under way is waited for before leaving. */
  private static final Duration LAST_WORD = Duration.ofSeconds(2);

  /** What one registration tells of, so that it fits into a message. */
  static final int MOST_REPORTED = 20_000;

  /** What one heartbeat tells of; the rest comes with the next, at once. */
  static final int MOST_CHANGED = 5_000;

  /** The bytes of a registration, and of a heartbeat, for the jobs themselves. */
  static final int REGISTRATION_ROOM = 512 << 10;

  static final int HEARTBEAT_ROOM = 2 << 20;

  private final Vertx vertx;
  private final SchedulerCalls scheduler;
  private final JobTable table;
  private final Fitness fitness;
  private final Function<WorkerOrders, List<JobId>> orders;
  private final ChangedJobs changed = new ChangedJobs();
  private final ChangedJobs forgotten = new ChangedJobs();
  private Duration retry = FIRST_RETRY;
  private Duration lease = Duration.ofSeconds(10);
  private Future<SchedulerCalls.Granted> registration = Future.failedFuture("not asked for yet");
  private boolean registered;
  private boolean closed;
  private boolean told;
  private boolean again;
  private long timer = -1;
  private long lastBeat;
  private long lastAnswer;

  /**
   * What the scheduler is told of, and what does as it wants and answers with the jobs it asks for.
   */
  record Subject(JobTable table, Fitness fitness, Function<WorkerOrders, List<JobId>> orders) {}

  SchedulerLink(Vertx vertx, SchedulerCalls scheduler, Subject subject) {
    this.vertx = vertx;
    this.scheduler = scheduler;
    this.table = subject.table();
    this.fitness = subject.fitness();
    this.orders = subject.orders();
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

  /** At once; what changes while a heartbeat is under way goes with one next to it. */
  private void beatSoon() {
    if (timer < 0) {
      again = true;
    } else if (registered && !told) {
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
    again = false;
    Map<JobId, Long> before = changed.snapshot();
    Collection<Job> jobs = table.newest(MOST_REPORTED);
    JobReport report = new JobReport(REGISTRATION_ROOM);
    jobs.stream().filter(job -> !report.isFull() || !isNewEnd(job, before)).forEach(report::add);
    Future<SchedulerCalls.Granted> answer =
        scheduler.register(report.summaries(), fitness.ownReason());
    registration = answer;
    answer
        .onSuccess(
            granted -> {
              LOG.info("registered with the scheduler as worker {}", scheduler.workerId());
              forget(before, jobs, report);
              registered = true;
              answered(granted);
            })
        .onFailure(failure -> failed("register", failure));
  }

  /** A summary would say that it is over, and not how: it is told whole, or later. */
  private static boolean isNewEnd(Job job, Map<JobId, Long> unheard) {
    return job.state().isTerminal() && unheard.containsKey(job.id());
  }

  /** What a registration had no room for comes with the heartbeats after it. */
  private void forget(Map<JobId, Long> before, Collection<Job> jobs, JobReport report) {
    Map<JobId, Long> heard = new HashMap<>(before);
    heard.keySet().retainAll(report.whole());
    changed.remove(heard);
    jobs.stream()
        .filter(job -> !job.state().isTerminal() && !report.whole().contains(job.id()))
        .forEach(job -> changed.add(job.id()));
  }

  private void beat() {
    timer = -1;
    again = false;
    lastBeat = System.nanoTime();
    Map<JobId, Long> reported = new HashMap<>();
    JobReport report = new JobReport(HEARTBEAT_ROOM);
    changed
        .snapshot(MOST_CHANGED)
        .forEach(
            (id, change) -> {
              if (!report.isFull()) {
                table.lookUp(id).ifPresent(report::add);
                reported.put(id, change);
              }
            });
    Map<JobId, Long> gone = gone();
    scheduler
        .heartbeat(report.summaries(), gone.keySet(), table.running(), fitness.ownReason())
        .onSuccess(
            granted -> {
              changed.remove(reported);
              forgotten.remove(gone);
              answered(granted);
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

  /**
   * What is not known any more. A job that was started here again since it was forgotten is left
   * out: the scheduler would take it for lost.
   */
  private Map<JobId, Long> gone() {
    Map<JobId, Long> knownAgain = new HashMap<>(forgotten.snapshot());
    knownAgain.keySet().removeIf(id -> table.get(id) == null);
    forgotten.remove(knownAgain);
    return forgotten.snapshot(MOST_CHANGED);
  }

  private void answered(SchedulerCalls.Granted granted) {
    lease = granted.lease();
    lastAnswer = System.nanoTime();
    retry = FIRST_RETRY;
    told = false;
    for (JobId id : orders.apply(granted.orders())) {
      (table.get(id) == null ? forgotten : changed).add(id);
    }
    if (again || !changed.isEmpty() || !forgotten.isEmpty()) {
      schedule(QUIET, this::beat);
    } else {
      schedule(jittered(lease.dividedBy(3)), this::beat);
    }
  }

  /** Whether the scheduler believes in this worker, as far as can be known here. */
  boolean isBelievedIn() {
    return registered && System.nanoTime() - lastAnswer < lease.toNanos();
  }

  private void failed(String call, Throwable failure) {
    if (!told) {
      LOG.warn("the scheduler did not take the {}; trying on: {}", call, failure.getMessage());
      told = true;
    } else {
      LOG.debug("the scheduler did not take the {}: {}", call, failure.getMessage());
    }
    scheduler.useNextAddress();
    schedule(spread(retry), registered ? this::beat : this::register);
    Duration longest = lease.compareTo(LAST_RETRY) < 0 ? lease : LAST_RETRY;
    Duration next = retry.multipliedBy(2);
    retry = next.compareTo(longest) > 0 ? longest : next;
  }

  /** Between half and three halves: a fleet that lost its scheduler at one moment comes spread. */
  private static Duration spread(Duration time) {
    return time.multipliedBy(ThreadLocalRandom.current().nextInt(50, 151)).dividedBy(100);
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
    return TimeLimit.within(LAST_WORD, registration)
        .transform(_ -> registered ? scheduler.deregister(reason) : Future.succeededFuture())
        .otherwiseEmpty();
  }
}
