package io.orrery.process;

import static io.orrery.process.RunnerMessages.message;

import io.orrery.job.LimitKind;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The connections to the runner that takes new jobs, and to those that were retired. When the first
 * is lost, another runner is started, until that succeeds or this is closed. Thread-safe.
 */
final class RunnerLinks implements AutoCloseable {
  private static final Logger LOG = System.getLogger(RunnerLinks.class.getName());
  private static final long AGAIN_MILLIS = 1000;

  private final RunnerProcess process;
  private final String build;
  private final RunnerLink.Events events;
  private final BiConsumer<RunnerLink, RunnerLink> onLoss;
  private final List<RunnerLink> retired = new ArrayList<>();

  /** Completed when the jobs of a link that was lost have been taken up. */
  private final Map<RunnerLink, CompletableFuture<Void>> afterLoss = new ConcurrentHashMap<>();

  /** Fails when this is closed before it is known. */
  private volatile CompletableFuture<RunnerLink> current = new CompletableFuture<>();

  private volatile Set<LimitKind> enforceable = Set.of();
  private volatile String trouble = "";
  private volatile Consumer<String> onTrouble = _ -> {};
  private volatile boolean closed;

  /**
   * {@code onLoss} gets the link that was lost, and the one in its place, on a thread of ours; it
   * may block.
   */
  RunnerLinks(
      RunnerProcess process,
      String build,
      RunnerLink.Events events,
      BiConsumer<RunnerLink, RunnerLink> onLoss) {
    this.process = process;
    this.build = build;
    this.events = events;
    this.onLoss = onLoss;
  }

  /** Connects, and starts a runner where there is none of this build. Blocks. */
  void open() throws IOException {
    try {
      for (RunnerChannel channel : process.retired()) {
        retired.add(watched(new RunnerLink(channel, events)));
      }
      becomes(connect());
    } catch (IOException e) {
      close();
      throw e;
    }
  }

  private synchronized void becomes(RunnerLink link) {
    enforceable = link.enforceable();
    if (!current.complete(link)) {
      link.close();
    }
  }

  private RunnerLink connect() throws IOException {
    Optional<RunnerLink> there = process.connect().map(channel -> new RunnerLink(channel, events));
    if (there.isEmpty()) {
      return watched(launched());
    }
    RunnerLink link = there.get();
    if (isGone(link)) {
      link.close();
      return watched(launched());
    }
    RunnerLink.Hello hello = link.greet();
    if (hello.version() == RunnerChannel.VERSION && hello.build().equals(build)) {
      return watched(link);
    }
    LOG.log(
        Level.INFO,
        "the runner (process {0}) is of build {1}: it keeps its jobs, a new one takes the others",
        hello.pid(),
        hello.build());
    answer(link.ask(message("retire")));
    synchronized (this) {
      retired.add(watched(link));
    }
    return watched(launched());
  }

  /**
   * One that has just been killed may still have taken the connection. Then the question fails,
   * maybe before the link is known to be lost; one that is there and hangs has time to answer.
   */
  private static boolean isGone(RunnerLink link) {
    try {
      link.hello();
      return false;
    } catch (IOException e) {
      return e.getCause() instanceof ExecutionException || link.lost().isDone();
    }
  }

  private RunnerLink launched() throws IOException {
    RunnerLink link = new RunnerLink(process.launch(), events);
    link.greet();
    return link;
  }

  private RunnerLink watched(RunnerLink link) {
    afterLoss.put(link, new CompletableFuture<>());
    var unused =
        link.lost()
            .thenRun(
                () ->
                    Thread.ofPlatform()
                        .name("orrery-runner-loss")
                        .daemon()
                        .start(() -> replace(link)));
    return link;
  }

  private void replace(RunnerLink dead) {
    if (closed) {
      return;
    }
    synchronized (this) {
      if (!retired.remove(dead)) {
        LOG.log(Level.ERROR, "the runner has died; another takes up its jobs");
        current = new CompletableFuture<>();
      }
    }
    RunnerLink next = next();
    if (next != null) {
      onLoss.accept(dead, next);
    }
    CompletableFuture<Void> waiting = afterLoss.remove(dead);
    if (waiting != null) {
      waiting.complete(null);
    }
  }

  /** Tries until it succeeds: without a runner this worker is of no use. */
  private synchronized @Nullable RunnerLink next() {
    while (!closed && !current.isDone()) {
      try {
        becomes(connect());
        troubledBy("");
      } catch (IOException e) {
        troubledBy("no runner: " + e.getMessage());
        try {
          wait(AGAIN_MILLIS);
        } catch (InterruptedException interrupted) {
          Thread.currentThread().interrupt();
          return null;
        }
      }
    }
    if (closed) {
      failCurrent();
      return null;
    }
    return current.join();
  }

  /** Each second, maybe for long: said once. */
  private void troubledBy(String why) {
    if (!why.equals(trouble)) {
      trouble = why;
      if (!why.isEmpty()) {
        LOG.log(Level.ERROR, "{0}; trying again each second", why);
      }
      onTrouble.accept(why);
    }
  }

  /** As {@link Runner#onTrouble} says. */
  void onTrouble(Consumer<String> listener) {
    onTrouble = listener;
    if (!trouble.isEmpty()) {
      listener.accept(trouble);
    }
  }

  private void failCurrent() {
    current.completeExceptionally(new IllegalStateException("the runner is closed"));
  }

  /**
   * The runner that takes new jobs; blocks while it is being replaced.
   *
   * @throws IllegalStateException if this is closed meanwhile
   */
  RunnerLink current() {
    try {
      return current.join();
    } catch (CompletionException e) {
      throw new IllegalStateException("the runner is closed", e);
    }
  }

  /** What the runner that took new jobs last can hold them to; does not wait for another. */
  Set<LimitKind> enforceable() {
    return enforceable;
  }

  synchronized List<RunnerLink> retired() {
    return List.copyOf(retired);
  }

  boolean isClosed() {
    return closed;
  }

  /** Blocks until the jobs of a runner that died have been taken up, or this is closed. */
  void awaitReplacement(RunnerLink dead) {
    var unused = afterLoss(dead).exceptionally(_ -> null).join();
  }

  /**
   * Completes when the jobs of a runner that died have been taken up; fails when this is closed.
   */
  CompletableFuture<Void> afterLoss(RunnerLink link) {
    return afterLoss.getOrDefault(link, CompletableFuture.completedFuture(null));
  }

  /** Blocks for an answer. */
  static Fields answer(CompletableFuture<Fields> answer) throws IOException {
    try {
      return answer.get();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    } catch (ExecutionException e) {
      throw new IOException("the runner has gone", e);
    }
  }

  /** The runners go on. */
  @Override
  public void close() {
    closed = true;
    failCurrent();
    if (!current.isCompletedExceptionally()) {
      current.join().close();
    }
    List.copyOf(retired).forEach(RunnerLink::close);
    IllegalStateException over = new IllegalStateException("the runner is closed");
    afterLoss.values().forEach(waiting -> waiting.completeExceptionally(over));
  }
}
