package io.orrery.process;

import io.orrery.posix.PosixException;
import io.orrery.posix.Signal;
import io.orrery.posix.Signals;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.function.Consumer;

/**
 * The runner in the process that asks: jobs are children of this JVM, followed by one thread, which
 * never waits for a child that is not a job.
 */
public final class EmbeddedRunner implements Runner {
  private final ReaperLoop loop;
  private final Announcer announcer;

  /** The jobs alive; one that is being started has no watch yet, and none if that fails. */
  private final ConcurrentMap<String, CompletableFuture<Optional<JobWatch>>> jobs =
      new ConcurrentHashMap<>();

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
    CompletableFuture<Optional<JobWatch>> job = new CompletableFuture<>();
    if (closed) {
      throw new IllegalStateException("the runner is closed");
    }
    if (jobs.putIfAbsent(launch.jobId(), job) != null) {
      throw new IllegalStateException("job " + launch.jobId() + " is alive");
    }
    Child child;
    try {
      child = Spawner.spawn(launch);
    } catch (StartFailure | RuntimeException | Error e) {
      jobs.remove(launch.jobId(), job);
      job.complete(Optional.empty());
      throw e;
    }
    try {
      onStarted.accept(child.started());
    } finally {
      JobWatch watch =
          new JobWatch(launch, child, loop, (each, exit) -> announcer.announce(each, exit, onExit));
      loop.execute(watch::begin);
      job.complete(Optional.of(watch));
    }
    return child.started();
  }

  @Override
  public CompletableFuture<TreeReport> stop(String jobId, int signal, Duration grace) {
    checkSignal(signal);
    if (grace.isNegative()) {
      throw new IllegalArgumentException("a negative grace: " + grace);
    }
    CompletableFuture<Optional<JobWatch>> job = jobs.get(jobId);
    return job == null
        ? CompletableFuture.completedFuture(TreeReport.NOTHING)
        : job.thenCompose(
            watch ->
                watch
                    .map(each -> stopOnLoop(each, signal, grace))
                    .orElseGet(() -> CompletableFuture.completedFuture(TreeReport.NOTHING)));
  }

  private CompletableFuture<TreeReport> stopOnLoop(JobWatch watch, int signal, Duration grace) {
    CompletableFuture<CompletableFuture<TreeReport>> asked = new CompletableFuture<>();
    loop.execute(() -> asked.complete(watch.stop(signal, grace)));
    failIfClosed(asked);
    return asked.thenCompose(report -> report);
  }

  @Override
  public void signal(String jobId, int signal) {
    checkSignal(signal);
    CompletableFuture<Optional<JobWatch>> job = jobs.get(jobId);
    if (job != null) {
      var unused =
          job.thenAccept(watch -> watch.ifPresent(each -> loop.execute(() -> each.signal(signal))));
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
    for (CompletableFuture<Optional<JobWatch>> job : jobs.values()) {
      job.getNow(Optional.empty()).ifPresent(watch -> failIfClosed(watch.report()));
    }
  }

  private void failIfClosed(CompletableFuture<?> result) {
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
