package io.orrery.process;

import io.orrery.job.FaultPoint;
import io.orrery.job.LimitKind;
import io.orrery.posix.PosixException;
import io.orrery.posix.Signal;
import io.orrery.posix.Signals;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.BiConsumer;
import java.util.function.Consumer;

/**
 * The runner in the process that asks: jobs are children of this JVM, followed by one thread, which
 * never waits for a child that is not a job.
 */
public final class EmbeddedRunner implements Runner {
  private static final Logger LOG = System.getLogger(EmbeddedRunner.class.getName());

  private final ReaperLoop loop;
  private final RecordKeeper records = new RecordKeeper();
  private final Announcer announcer;
  private final LiveStreams live = new LiveStreams();
  private final StreamGuard streams = new StreamGuard(records, this::stopForLimit);
  private final AliveJobs jobs = new AliveJobs();
  private final StrayReaper strays = new StrayReaper(jobs::mains);
  private final Cgroups cgroups;
  private volatile BiConsumer<String, List<Integer>> onStuck = (_, _) -> {};
  private volatile boolean closed;

  /**
   * A runner for the worker of this data directory, whose jobs get cgroups where this host allows.
   *
   * @throws IllegalStateException if this host lacks what a runner needs
   */
  public EmbeddedRunner(Path data) {
    this(Cgroups.open(data));
  }

  /** A runner whose jobs get no cgroups. */
  public EmbeddedRunner() {
    this(Cgroups.NONE);
  }

  /**
   * Takes SIGCHLD back from a parent that left it ignored, as exit codes would be lost with it.
   *
   * @throws IllegalStateException if this host lacks what a runner needs
   */
  EmbeddedRunner(Cgroups cgroups) {
    this.cgroups = cgroups;
    cgroups.sweep();
    try {
      Signals.signal_default(Signal.CHLD.number());
      ProcessTable.read();
      loop = new ReaperLoop();
    } catch (PosixException e) {
      throw new IllegalStateException("cannot follow processes on this host", e);
    }
    announcer = new Announcer(records, jobs::remove);
  }

  @Override
  public CompletableFuture<Started> start(Launch launch, Consumer<Exit> onExit) {
    try {
      return CompletableFuture.completedFuture(spawn(launch, onExit));
    } catch (StartFailure failure) {
      return CompletableFuture.failedFuture(failure);
    }
  }

  /** The same, with its failure thrown. */
  Started spawn(Launch launch, Consumer<Exit> onExit) throws StartFailure {
    CompletableFuture<Optional<JobWatch>> job = reserve(launch.jobId());
    FaultPoint.BEFORE_SPAWN.pass();
    try (Wiring wiring = live.wire(launch);
        StrayReaper.Spawning spawning = strays.spawning(job::isDone)) {
      Child child = Spawner.spawn(launch, cgroups, wiring, spawning);
      if (job.isDone()) {
        Spawner.end(child);
        throw StartFailure.tooLate();
      }
      FaultPoint.AFTER_SPAWN.pass();
      record(launch.terms(), child);
      FaultPoint.AFTER_ATTEMPT.pass();
      live.begin(launch.jobId(), wiring);
      follow(launch.terms(), child, job, onExit);
      return child.started();
    } catch (StartFailure | RuntimeException e) {
      jobs.release(launch.jobId(), job);
      throw e;
    }
  }

  private void record(JobTerms terms, Child child) {
    AttemptRecord record = AttemptRecord.of(terms, child);
    records.write(AttemptRecord.file(terms.directory()), () -> record.write(terms.directory()));
  }

  /** Waits for orphans that have ended; for a process that is a subreaper and has no others. */
  void reapStrays() {
    strays.sweep();
  }

  /**
   * Stops jobs that print more than they may, and says how soon to look again; for a process whose
   * worker is away, and one thread of it.
   */
  Duration guardStreams() {
    return streams.look(jobs.watches().map(JobWatch::terms).toList());
  }

  private void stopForLimit(JobTerms terms, Duration grace) {
    LOG.log(Level.INFO, "job {0} is stopped: it printed more than it may", terms.jobId());
    var unused = stop(terms.jobId(), Signal.TERM.number(), grace);
  }

  @Override
  public Resumption resume(JobTerms terms, Consumer<Exit> onExit) {
    CompletableFuture<Optional<JobWatch>> job = reserve(terms.jobId());
    Optional<Exit> exit = recorded(terms);
    Optional<Child> child = exit.isPresent() ? Optional.empty() : Adoption.find(terms, cgroups);
    if (child.isEmpty()) {
      jobs.release(terms.jobId(), job);
      return exit.<Resumption>map(Resumption.Ended::new).orElseGet(Resumption.Gone::new);
    }
    follow(terms, child.get(), job, onExit);
    return new Resumption.Running(child.get().started(), false);
  }

  private static Optional<Exit> recorded(JobTerms terms) {
    try {
      return ExitRecord.read(terms.directory()).map(ExitRecord::exit);
    } catch (IOException e) {
      LOG.log(Level.ERROR, "the exit of job " + terms.jobId() + " is not known", e);
      return Optional.empty();
    }
  }

  /** How a job goes on that is alive; a start that hangs is given up. */
  Optional<Resumption.Running> running(String jobId) {
    return jobs.running(jobId);
  }

  private CompletableFuture<Optional<JobWatch>> reserve(String jobId) {
    if (closed) {
      throw new IllegalStateException("the runner is closed");
    }
    return jobs.reserve(jobId);
  }

  private void follow(
      JobTerms terms,
      Child child,
      CompletableFuture<Optional<JobWatch>> job,
      Consumer<Exit> onExit) {
    JobWatch watch = new JobWatch(terms, child, loop, new Listener(this, onExit));
    loop.execute(watch::begin);
    if (!job.complete(Optional.of(watch))) {
      loop.execute(watch::kill);
    }
  }

  private record Listener(EmbeddedRunner runner, Consumer<Exit> onExit)
      implements JobWatch.Listener {
    @Override
    public void stuck(JobWatch job, List<Integer> survivors) {
      runner.onStuck.accept(job.terms().jobId(), survivors);
    }

    @Override
    public void over(JobWatch job, Exit exit) {
      runner.announce(job, exit, onExit);
    }
  }

  @Override
  public void onStuck(BiConsumer<String, List<Integer>> listener) {
    onStuck = listener;
  }

  @Override
  public Set<LimitKind> enforceable() {
    Set<LimitKind> kinds = cgroups.enforceable();
    kinds.addAll(Prefix.enforceable());
    return kinds;
  }

  /** After the last byte of its terminal is on file, or given up. */
  private void announce(JobWatch watch, Exit exit, Consumer<Exit> onExit) {
    var unused =
        live.finish(watch.terms().jobId())
            .thenAccept(lost -> announcer.announce(watch, exit.withLoss(lost), onExit));
  }

  @Override
  public LiveInput input(String jobId) {
    return live.input(jobId);
  }

  @Override
  public CompletableFuture<TreeReport> stop(String jobId, int signal, Duration grace) {
    checkSignal(signal);
    if (grace.isNegative()) {
      throw new IllegalArgumentException("a negative grace: " + grace);
    }
    CompletableFuture<Optional<JobWatch>> job = jobs.find(jobId);
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
    CompletableFuture<Optional<JobWatch>> job = jobs.find(jobId);
    if (job != null) {
      var unused =
          job.thenAccept(watch -> watch.ifPresent(each -> loop.execute(() -> each.signal(signal))));
    }
  }

  @Override
  public Set<String> alive() {
    return jobs.ids();
  }

  @Override
  public boolean endsWithUs() {
    return true;
  }

  @Override
  public void close() {
    closed = true;
    loop.close();
    live.close();
    announcer.close();
    cgroups.close();
    jobs.watches().forEach(watch -> failIfClosed(watch.report()));
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
