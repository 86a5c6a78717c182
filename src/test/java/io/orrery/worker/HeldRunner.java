package io.orrery.worker;

import io.orrery.job.LimitKind;
import io.orrery.process.Exit;
import io.orrery.process.JobTerms;
import io.orrery.process.Launch;
import io.orrery.process.LiveInput;
import io.orrery.process.Resumption;
import io.orrery.process.Runner;
import io.orrery.process.Started;
import io.orrery.process.TreeReport;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.function.Function;

/**
 * A runner that is stuck in every start until it is let go, and then fails as nobody expects, or
 * does as it is told.
 */
final class HeldRunner implements Runner {
  final CountDownLatch entered = new CountDownLatch(1);
  private final CountDownLatch held = new CountDownLatch(1);

  /** What it does then, with whom to tell of the exit. */
  volatile Function<Consumer<Exit>, Started> then =
      _ -> {
        throw new IllegalStateException("nobody expected this");
      };

  /** What it has of each job from before. */
  volatile Resumption found = new Resumption.Gone();

  void letGo() {
    held.countDown();
  }

  @Override
  public CompletableFuture<Started> start(Launch launch, Consumer<Exit> onExit) {
    entered.countDown();
    try {
      held.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    return CompletableFuture.completedFuture(then.apply(onExit));
  }

  @Override
  public Resumption resume(JobTerms terms, Consumer<Exit> onExit) {
    return found;
  }

  @Override
  public boolean endsWithUs() {
    return true;
  }

  @Override
  public CompletableFuture<TreeReport> stop(String jobId, int signal, Duration grace) {
    throw new UnsupportedOperationException("nothing runs");
  }

  @Override
  public void signal(String jobId, int signal) {
    throw new UnsupportedOperationException("nothing runs");
  }

  @Override
  public void onStuck(BiConsumer<String, List<Integer>> listener) {}

  @Override
  public Set<LimitKind> enforceable() {
    return Set.of();
  }

  @Override
  public LiveInput input(String jobId) {
    throw new UnsupportedOperationException("nothing runs");
  }

  @Override
  public Set<String> alive() {
    return Set.of();
  }

  @Override
  public void close() {}
}
