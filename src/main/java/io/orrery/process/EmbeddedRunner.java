package io.orrery.process;

import io.orrery.posix.PosixException;
import io.orrery.posix.Signal;
import io.orrery.posix.Signals;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.function.BiConsumer;
import java.util.function.Consumer;

/**
 * The runner in the process that asks: jobs are children of this JVM, followed by one thread, which
 * never waits for a child that is not a job.
 */
public final class EmbeddedRunner implements Runner {
  private final ReaperLoop loop;
  private final Announcer announcer;

  /** The jobs alive; one that is being started has no watch yet. */
  private final ConcurrentMap<String, CompletableFuture<JobWatch>> jobs = new ConcurrentHashMap<>();

  private volatile boolean closed;

  /**
   * Takes SIGCHLD back from a parent that left it ignored, as exit codes would be lost with it.
   *
   * @throws IllegalStateException if this host lacks what a runner needs
   */
  public EmbeddedRunner() {
    try {
      Signals.signal_default(Signal.CHLD.number());
      ProcessTable.read();
      loop = new ReaperLoop();
    } catch (PosixException e) {
      throw new IllegalStateException("cannot follow processes on this host", e);
    }
    announcer = new Announcer(jobs::remove);
  }

  @Override
  public Started start(Launch launch, Consumer<Started> onStarted, Consumer<Exit> onExit)
      throws StartFailure {
    CompletableFuture<JobWatch> job = new CompletableFuture<>();
    if (closed) {
      throw new IllegalStateException("the runner is closed");
    }
    if (jobs.putIfAbsent(launch.jobId(), job) != null) {
      throw new IllegalStateException("job " + launch.jobId() + " is alive");
    }
    Child child;
    try {
      child = Spawner.spawn(launch);
    } catch (StartFailure | RuntimeException e) {
      jobs.remove(launch.jobId(), job);
      job.completeExceptionally(e);
      throw e;
    }
    try {
      onStarted.accept(child.started());
    } finally {
      JobWatch watch =
          new JobWatch(launch, child, loop, (each, exit) -> announcer.announce(each, exit, onExit));
      loop.execute(watch::begin);
      job.complete(watch);
    }
    return child.started();
  }

  @Override
  public CompletableFuture<TreeReport> stop(String jobId, int signal, Duration grace) {
    checkSignal(signal);
    if (grace.isNegative()) {
      throw new IllegalArgumentException("a negative grace: " + grace);
    }
    CompletableFuture<JobWatch> job = jobs.get(jobId);
    if (job == null) {
      return CompletableFuture.completedFuture(TreeReport.NOTHING);
    }
    CompletableFuture<TreeReport> result = new CompletableFuture<>();
    job.whenComplete(
        (watch, failure) -> {
          if (failure != null) {
            result.complete(TreeReport.NOTHING);
          } else {
            loop.execute(() -> watch.stop(signal, grace).whenComplete(settle(result)));
          }
          failIfClosed(result);
        });
    return result;
  }

  private static BiConsumer<TreeReport, Throwable> settle(CompletableFuture<TreeReport> result) {
    return (report, failure) -> {
      if (failure == null) {
        result.complete(report);
      } else {
        result.completeExceptionally(failure);
      }
    };
  }

  @Override
  public void signal(String jobId, int signal) {
    checkSignal(signal);
    CompletableFuture<JobWatch> job = jobs.get(jobId);
    if (job != null) {
      job.thenAccept(watch -> loop.execute(() -> watch.signal(signal)));
    }
  }

  @Override
  public Set<String> alive() {
    return Set.copyOf(jobs.keySet());
  }

  @Override
  public CompletableFuture<Map<String, TreeReport>> killAll(Duration grace) {
    Map<String, CompletableFuture<TreeReport>> stops = new HashMap<>();
    for (String jobId : alive()) {
      stops.put(jobId, stop(jobId, Signal.TERM.number(), grace));
    }
    return CompletableFuture.allOf(stops.values().toArray(CompletableFuture[]::new))
        .thenApply(
            done -> {
              Map<String, TreeReport> reports = new HashMap<>();
              stops.forEach((jobId, report) -> reports.put(jobId, report.join()));
              return Map.copyOf(reports);
            });
  }

  @Override
  public void close() {
    closed = true;
    loop.close();
    announcer.close();
    jobs.values().forEach(job -> job.thenAccept(watch -> failIfClosed(watch.report())));
  }

  private void failIfClosed(CompletableFuture<TreeReport> result) {
    if (closed) {
      result.completeExceptionally(new IllegalStateException("the runner is closed"));
    }
  }

  private static void checkSignal(int signal) {
    if (signal < 1 || signal > Signal.LAST) {
      throw new IllegalArgumentException("not a signal: " + signal);
    }
  }
}
