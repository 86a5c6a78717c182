package io.orrery.process;

import static io.orrery.process.RunnerMessages.message;

import io.orrery.job.LimitKind;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * The runner as a process of its own, which is started when there is none, and goes on with its
 * jobs when this one is closed or dies. When it dies itself, another is started and takes its jobs
 * up; how those end then cannot be known, only when.
 */
public final class ProcessRunner implements Runner {
  private static final Logger LOG = System.getLogger(ProcessRunner.class.getName());

  /** How long a runner stays that has neither a worker nor a job. */
  private static final Duration IDLE = Duration.ofSeconds(10);

  private final RunnerLinks links;
  private final OrderRoom room = new OrderRoom();
  private volatile BiConsumer<String, List<Integer>> onStuck = (_, _) -> {};
  private final Map<String, RemoteJob> jobs = new ConcurrentHashMap<>();

  /**
   * Connects to the runner of a data directory, and starts one where there is none. Blocks for
   * that.
   *
   * @param build what the runner must be, else it is retired: the version of this program
   * @throws IOException when there is none and none can be started
   */
  public ProcessRunner(Path data, String build) throws IOException {
    this(data, build, IDLE);
  }

  ProcessRunner(Path data, String build, Duration idle) throws IOException {
    RunnerProcess process = new RunnerProcess(data.toAbsolutePath(), build, idle);
    RunnerLink.Events events =
        new RunnerLink.Events(this::exited, (job, pids) -> onStuck.accept(job, pids));
    links = new RunnerLinks(process, build, events, this::lost);
    links.open();
  }

  @Override
  public void onStuck(BiConsumer<String, List<Integer>> listener) {
    onStuck = listener;
  }

  @Override
  public void onTrouble(Consumer<String> listener) {
    links.onTrouble(listener);
  }

  @Override
  public Set<LimitKind> enforceable() {
    return links.enforceable();
  }

  @Override
  public CompletableFuture<Started> start(Launch launch, Consumer<Exit> onExit) {
    int weight;
    try {
      weight = OrderRoom.weigh(launch);
    } catch (StartFailure tooLong) {
      return CompletableFuture.failedFuture(tooLong);
    }
    RemoteJob job = new RemoteJob(launch.terms(), onExit, links.current());
    if (jobs.putIfAbsent(launch.jobId(), job) != null) {
      throw new IllegalStateException("job " + launch.jobId() + " is alive");
    }
    return room.within(weight, () -> order(job, launch));
  }

  private CompletableFuture<Started> order(RemoteJob job, Launch launch) {
    if (job.link().lost().isDone()) {
      job.moveTo(links.current());
    }
    RunnerLink link = job.link();
    Map<String, Object> order = message("start");
    RunnerMessages.put(order, launch);
    return link.ask(order)
        .thenApply(Optional::of)
        .exceptionally(_ -> Optional.empty())
        .thenCompose(
            answer ->
                answer.isPresent()
                    ? answered(job, link, answer.get())
                    : onThreadOfItsOwn(() -> startedBefore(job)));
  }

  /** What may block, and the thread of a link must not. */
  private static CompletableFuture<Started> onThreadOfItsOwn(
      Supplier<CompletableFuture<Started>> work) {
    return CompletableFuture.completedFuture(null)
        .thenComposeAsync(_ -> work.get(), Thread.ofVirtual()::start);
  }

  private CompletableFuture<Started> answered(RemoteJob job, RunnerLink asked, Fields answer) {
    try {
      switch (answer.text(RunnerMessages.TYPE)) {
        case "started" -> {
          Started started = RunnerMessages.started(answer);
          job.hasStarted();
          return asked.lost().isDone()
              ? onThreadOfItsOwn(() -> lostSince(asked, started))
              : CompletableFuture.completedFuture(started);
        }
        case "failed" -> throw StartFailure.of(answer.integer("errno"), answer.text("message"));
        default -> throw new IllegalStateException(answer.text("message"));
      }
    } catch (StartFailure | IOException | IllegalStateException e) {
      jobs.remove(job.terms().jobId(), job);
      return CompletableFuture.failedFuture(e);
    }
  }

  /** The runner died after its answer, maybe before the job was counted among those to take up. */
  private CompletableFuture<Started> lostSince(RunnerLink asked, Started started) {
    links.awaitReplacement(asked);
    lost(asked, links.current());
    return CompletableFuture.completedFuture(started);
  }

  /** The runner died over the start; it may have come to a process all the same. */
  private CompletableFuture<Started> startedBefore(RemoteJob job) {
    try {
      links.awaitReplacement(job.link());
      job.moveTo(links.current());
      Resumption now = job.resume();
      if (now instanceof Resumption.Running(Started started, boolean _)) {
        job.hasStarted();
        return CompletableFuture.completedFuture(started);
      }
      if (now instanceof Resumption.Ended(Exit exit)) {
        Started started = UnseenEnds.process(job.terms(), exit);
        ended(job, exit);
        return CompletableFuture.completedFuture(started);
      }
    } catch (IOException e) {
      LOG.log(Level.ERROR, "job " + job.terms().jobId() + " cannot be looked for", e);
    }
    jobs.remove(job.terms().jobId(), job);
    return CompletableFuture.failedFuture(
        new StartUnknownException("the runner died over the start of the job"));
  }

  @Override
  public Resumption resume(JobTerms terms, Consumer<Exit> onExit) {
    for (RunnerLink link : links.retired()) {
      Optional<Resumption> found = resume(new RemoteJob(terms, onExit, link));
      if (found.isPresent() && !(found.get() instanceof Resumption.Gone)) {
        return found.get();
      }
    }
    // Only when no other has it: this one takes up whatever runs.
    while (!links.isClosed()) {
      Optional<Resumption> found = resume(new RemoteJob(terms, onExit, links.current()));
      if (found.isPresent()) {
        return found.get();
      }
    }
    throw new IllegalStateException("the runner is closed");
  }

  /** Empty when that runner has gone. */
  private Optional<Resumption> resume(RemoteJob job) {
    jobs.put(job.terms().jobId(), job);
    try {
      Resumption found = job.resume();
      if (found instanceof Resumption.Running running) {
        job.goesOn(running);
      } else {
        jobs.remove(job.terms().jobId(), job);
      }
      return Optional.of(found);
    } catch (IOException e) {
      LOG.log(Level.DEBUG, "a runner has gone: {0}", e.getMessage());
      jobs.remove(job.terms().jobId(), job);
      links.awaitReplacement(job.link());
      return Optional.empty();
    }
  }

  private void exited(String jobId, ExitRecord record) {
    RemoteJob job = jobs.get(jobId);
    if (job != null) {
      ended(job, record.exit());
    }
  }

  private void ended(RemoteJob job, Exit exit) {
    jobs.remove(job.terms().jobId(), job);
    job.end(exit);
  }

  /** A runner has died: another takes up those of its jobs that are still there. */
  private void lost(RunnerLink dead, RunnerLink next) {
    List<RemoteJob> gone = new ArrayList<>();
    for (RemoteJob job : jobs.values()) {
      if (job.link() == dead && job.started()) {
        job.moveTo(next);
        try {
          switch (job.resume()) {
            case Resumption.Running _ ->
                LOG.log(Level.INFO, "job {0} goes on", job.terms().jobId());
            case Resumption.Ended(Exit exit) -> ended(job, exit);
            case Resumption.Gone() -> gone.add(job);
          }
        } catch (IOException e) {
          // The next one has died as well, and what takes its place does this again.
          LOG.log(Level.WARNING, "job {0} is taken up later", job.terms().jobId());
        }
      }
    }
    UnseenEnds.conclude(gone, this::ended);
  }

  @Override
  public CompletableFuture<TreeReport> stop(String jobId, int signal, Duration grace) {
    RemoteJob job = jobs.get(jobId);
    if (job == null) {
      return CompletableFuture.completedFuture(TreeReport.NOTHING);
    }
    job.isStopping();
    Map<String, Object> order = message("stop");
    order.put(RunnerMessages.JOB, jobId);
    order.put("signal", signal);
    order.put("grace_millis", grace.toMillis());
    RunnerLink link = job.link();
    return link.ask(order)
        .thenApply(Optional::of)
        .exceptionally(_ -> Optional.empty())
        .thenCompose(
            answer ->
                answer.isPresent()
                    ? CompletableFuture.completedFuture(RunnerMessages.reportOf(answer.get()))
                    : links.afterLoss(link).thenCompose(_ -> stop(jobId, signal, grace)));
  }

  @Override
  public LiveInput input(String jobId) {
    RemoteJob job = jobs.get(jobId);
    return job == null ? LiveStreams.NOBODY : new RemoteInput(job, links);
  }

  @Override
  public void signal(String jobId, int signal) {
    RemoteJob job = jobs.get(jobId);
    if (job != null) {
      Map<String, Object> order = message("signal");
      order.put(RunnerMessages.JOB, jobId);
      order.put("signal", signal);
      try {
        job.link().tell(order);
      } catch (IOException e) {
        throw new IllegalStateException("the runner has just died: try again", e);
      }
    }
  }

  @Override
  public Set<String> alive() {
    return Set.copyOf(jobs.keySet());
  }

  @Override
  public boolean endsWithUs() {
    return false;
  }

  @Override
  public void close() {
    links.close();
  }
}
