package io.orrery.output;

import io.orrery.bus.OutputBus;
import io.orrery.job.Job.StreamBytes;
import io.orrery.job.JobId;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.WorkerExecutor;
import java.io.IOException;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The output of all jobs of a worker: sees it grow, and lets readers follow it. One for a worker,
 * or for a process. Thread-safe.
 */
public final class OutputTails {
  private static final Logger LOG = LoggerFactory.getLogger(OutputTails.class);
  private static final int READING_THREADS = 4;

  private final Vertx vertx;
  private final Patience patience;
  private final TailLoop loop;
  private final Tail.Tools tools;
  private final ExecutorService punching =
      Executors.newSingleThreadExecutor(Thread.ofPlatform().name("orrery-trim").daemon().factory());
  private final WorkerExecutor readers;
  private final ChunkCache cache = new ChunkCache();
  private final Map<JobId, StreamBytes> ended = new ConcurrentHashMap<>();
  private final Set<Follower> followers = ConcurrentHashMap.newKeySet();

  /** For the loop's thread. */
  private final Map<JobId, Tail> tails = new HashMap<>();

  private volatile boolean closing;

  /**
   * Begins; {@link #close} ends it.
   *
   * @throws IOException when the kernel gives no inotify instance
   */
  public OutputTails(Vertx vertx, InstantSource clock, Patience patience) throws IOException {
    this.vertx = vertx;
    this.patience = patience;
    this.loop = new TailLoop();
    this.tools = new Tail.Tools(new OutputBus(vertx), loop, clock, punching);
    this.readers = vertx.createSharedWorkerExecutor("orrery-output", READING_THREADS);
    loop.start();
  }

  /**
   * A job is about to start, or was found running: makes its files where they are missing, sees
   * them grow from now on, and keeps them to their limit.
   */
  public Future<Void> watch(JobId job, Path directory, StreamLimit limit) {
    return onLoop(
        () -> {
          if (!ended.containsKey(job)) {
            tail(new JobOutput(job, directory)).watch(limit);
          }
          return null;
        });
  }

  /**
   * A job has ended and nothing writes its files any more: fixes its totals, tells the readers, and
   * returns the totals. They get all bytes up to there and then the end. Twice is as good as once.
   */
  public Future<StreamBytes> finish(JobId job, Path directory) {
    return onLoop(
        () -> {
          StreamBytes earlier = ended.get(job);
          if (earlier != null) {
            return earlier;
          }
          Tail tail = tail(new JobOutput(job, directory));
          StreamBytes totals = tail.finish();
          ended.put(job, totals);
          tails.remove(job);
          tail.end(totals);
          return totals;
        });
  }

  /** A job that was watched did not start: its files may go. Who reads it is told by others. */
  public Future<Void> unwatch(JobId job) {
    return onLoop(
        () -> {
          Tail tail = tails.get(job);
          if (tail != null) {
            tail.finish();
            dropIfIdle(job, tail);
          }
          return null;
        });
  }

  /** Whether somebody looks at the job's files. */
  Future<Boolean> isWatched(JobId job) {
    return onLoop(() -> tails.containsKey(job));
  }

  /** A job ended in an earlier life of this worker, with these totals. */
  public void restore(JobId job, Path directory, StreamBytes totals, StreamLimit limit) {
    ended.put(job, totals);
    if (limit.keepsTail() && Math.max(totals.stdout(), totals.stderr()) > limit.bytes()) {
      loop.execute(() -> trim(new JobOutput(job, directory), totals, limit));
    }
  }

  /** It may have ended while no worker was there to drop what was too much. */
  private void trim(JobOutput output, StreamBytes totals, StreamLimit limit) {
    OutputFiles files = new OutputFiles(output.directory());
    try (files) {
      new Trimmer(output.job(), files, limit.bytes(), punching).trimAll(totals);
    } catch (IOException e) {
      LOG.warn("job {}: the limit of its output cannot be kept", output.job(), e);
    }
  }

  /** Whether somebody reads the job's output now. */
  public boolean isRead(JobId job) {
    return followers.stream().anyMatch(follower -> follower.job().equals(job));
  }

  /** The job is known no more. */
  public void forget(JobId job) {
    ended.remove(job);
  }

  /**
   * Begins to read a job's output, whether it has started or not, or has ended. The sink is called
   * on the caller's context.
   */
  public Follower follow(JobId job, Path directory, FollowRequest request, Sink sink) {
    Follower follower = new Follower(this, new JobOutput(job, directory), request, sink);
    followers.add(follower);
    cache.enter(job);
    follower.start();
    if (closing) {
      follower.stop();
    }
    return follower;
  }

  /**
   * Lets all followers go, who are told where to go on ({@link io.orrery.job.Reason#DRAINING}), and
   * ends the threads. Jobs print on.
   */
  public Future<Void> close() {
    closing = true;
    return Future.join(followers.stream().map(Follower::stop).toList())
        .eventually(() -> vertx.executeBlocking(this::closeLoop))
        .eventually(readers::close)
        .mapEmpty();
  }

  private boolean closeLoop() {
    loop.close();
    punching.close();
    return true;
  }

  Vertx vertx() {
    return vertx;
  }

  OutputBus bus() {
    return tools.bus();
  }

  ChunkCache cache() {
    return cache;
  }

  Patience patience() {
    return patience;
  }

  /** How many readers of a job sit at the live edge. */
  Future<Integer> readers(JobId job) {
    return onLoop(
        () -> {
          Tail tail = tails.get(job);
          return tail == null ? 0 : tail.readers();
        });
  }

  /** The totals of a job that has ended. */
  Optional<StreamBytes> totals(JobId job) {
    return Optional.ofNullable(ended.get(job));
  }

  /** Runs what blocks on a file, and never returns null, for the caller's context. */
  @SuppressWarnings("NullAway")
  <T> Future<T> read(Callable<T> reading) {
    return readers.executeBlocking(reading, false);
  }

  void join(JobOutput output, Seat seat) {
    loop.execute(
        () -> {
          StreamBytes totals = ended.get(output.job());
          if (totals == null) {
            tail(output).join(seat);
          } else {
            seat.tell(new Seat.Edge(totals, totals));
          }
        });
  }

  void leave(JobId job, Seat seat) {
    loop.execute(
        () -> {
          Tail tail = tails.get(job);
          if (tail != null) {
            tail.leave(seat);
            dropIfIdle(job, tail);
          }
        });
  }

  void ask(JobOutput output, Seat seat) {
    loop.execute(
        () -> {
          StreamBytes totals = ended.get(output.job());
          Tail tail = tails.get(output.job());
          if (totals != null) {
            seat.tell(new Seat.Edge(totals, totals));
          } else if (tail != null) {
            tail.ask(seat);
          }
        });
  }

  /** A follower reads no more. */
  void left(Follower follower, JobId job) {
    followers.remove(follower);
    cache.exit(job);
  }

  private void dropIfIdle(JobId job, Tail tail) {
    if (tail.isIdle()) {
      tails.remove(job);
    }
  }

  private Tail tail(JobOutput output) {
    return tails.computeIfAbsent(output.job(), job -> new Tail(output, tools));
  }

  private <T> Future<T> onLoop(Callable<T> task) {
    CompletableFuture<T> done = new CompletableFuture<>();
    loop.execute(
        () -> {
          try {
            done.complete(task.call());
          } catch (Exception e) {
            done.completeExceptionally(e);
          }
        });
    return Future.fromCompletionStage(done, vertx.getOrCreateContext());
  }
}
