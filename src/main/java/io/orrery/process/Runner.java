package io.orrery.process;

import io.orrery.job.LimitKind;
import io.orrery.posix.Signal;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.BiConsumer;
import java.util.function.Consumer;

/**
 * Runs jobs as process trees on this host.
 *
 * <p>A job is alive from the call of {@code start} until its exit is announced. Its tree is all
 * that is in its cgroup, the session of its main process, the descendants, and every process that
 * carries its {@code ORRERY_JOB_ID} in the environment that it was executed with. Only where no
 * cgroup can be made, a process that left the session, dropped that variable, and has no living
 * ancestor in the tree is not found.
 *
 * <p>The stop contract: the signal goes to the job's process group, then SIGCONT; when the grace is
 * over, SIGKILL goes to the whole tree, again and again until two looks have found nobody. When a
 * main process ends, whatever the reason, the rest of the tree gets SIGTERM, the grace, and SIGKILL
 * in the same way before the exit is announced.
 *
 * <p>All methods may be called from any thread.
 */
public interface Runner extends AutoCloseable {

  /**
   * Starts a job, and records its process in attempt.json. May block for the disk and the fork,
   * about 2 ms; the answer may come on a thread of the runner's, which must not be blocked.
   *
   * <p>{@code onExit} is called exactly once, on a thread of the runner's, after the tree has ended
   * (or its survivors are known) and exit.json has been written, and for a very short job maybe
   * before the answer. It must not block for long, as other exits wait for it.
   *
   * @return the process; or fails with {@link StartFailure} if there is none (empty output files
   *     may be left), and with {@link StartUnknownException} if the runner died meanwhile, and no
   *     process is to be found now
   * @throws IllegalStateException if a job of this id is alive, or the runner is closed; nothing
   *     was started. The answer may fail with it, too
   */
  CompletableFuture<Started> start(Launch launch, Consumer<Exit> onExit);

  /**
   * Takes up a job again that was started before this runner, or before its caller. Blocks for the
   * disk and maybe for a look at all processes. {@code onExit} is called as by {@link #start} if
   * the job runs, and not at all if it does not.
   *
   * @throws IllegalStateException if the runner is closed
   */
  Resumption resume(JobTerms terms, Consumer<Exit> onExit);

  /**
   * Stops a job as the stop contract says. Completes after the exit was announced, or, when SIGKILL
   * does not end the main process within five seconds, with the pids that survive. A second stop
   * with a shorter grace shortens it. For a job that is not alive it completes at once, empty. May
   * block while the order is given.
   *
   * @param signal 1 to 64
   */
  CompletableFuture<TreeReport> stop(String jobId, int signal, Duration grace);

  /**
   * Sends a signal (1 to 64) to the job's process group; nothing happens if it is not alive. May
   * block while the order is given.
   */
  void signal(String jobId, int signal);

  /** The live input of a job; CLOSED for one that has none, or has ended. */
  LiveInput input(String jobId);

  /** The ids of the jobs that are alive. */
  Set<String> alive();

  /** Stops every job that is alive, with SIGTERM; completes with a report for each. */
  default CompletableFuture<Map<String, TreeReport>> killAll(Duration grace) {
    Map<String, CompletableFuture<TreeReport>> stops = new HashMap<>();
    alive().forEach(job -> stops.put(job, stop(job, Signal.TERM.number(), grace)));
    return CompletableFuture.allOf(stops.values().toArray(CompletableFuture[]::new))
        .thenApply(
            _ -> {
              Map<String, TreeReport> reports = new HashMap<>();
              stops.forEach((job, report) -> reports.put(job, report.join()));
              return Map.copyOf(reports);
            });
  }

  /**
   * {@code listener} is called with a job and those of its processes that SIGKILL does not end, and
   * again every second until it has; then comes the exit. It must not block. There is one listener.
   */
  void onStuck(BiConsumer<String, List<Integer>> listener);

  /**
   * {@code listener} is called with why no job can be started for now, and with "" once one can; at
   * once when there is trouble already. It must not block. There is one listener.
   */
  default void onTrouble(Consumer<String> listener) {}

  /** What jobs can be held to on this host. Does not block. */
  Set<LimitKind> enforceable();

  /** Whether jobs end with this process, as their exits would be lost otherwise. */
  boolean endsWithUs();

  /**
   * Stops watching: jobs that are alive run on, and no exit is announced any more. Blocks until the
   * exits seen so far have been; must not be called from {@code onExit}.
   */
  @Override
  void close();
}
