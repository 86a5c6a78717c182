package io.orrery.process;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The threads that start jobs: a few, as the kernel makes no more processes a second with more of
 * them, and more where starts hang, on a file system that does not answer. Thread-safe.
 */
final class StartThreads {
  private static final Logger LOG = System.getLogger(StartThreads.class.getName());
  private static final int FEW = 4;
  private static final int MOST = 32;

  private final ThreadPoolExecutor pool =
      new ThreadPoolExecutor(
          FEW,
          FEW,
          10,
          TimeUnit.SECONDS,
          new LinkedBlockingQueue<>(),
          Thread.ofPlatform().name("orrery-start-", 0).daemon().factory());
  private int underWay;
  private @Nullable Runnable waitingSince;

  synchronized void execute(Runnable start) {
    underWay++;
    pool.execute(
        () -> {
          try {
            start.run();
          } finally {
            ended();
          }
        });
  }

  private synchronized void ended() {
    underWay--;
    notifyAll();
  }

  /** To be called twice a second: what waits since the last time shows that starts hang. */
  synchronized void look() {
    Runnable first = pool.getQueue().peek();
    int threads = pool.getCorePoolSize();
    if (first != null && first == waitingSince && threads < MOST) {
      pool.setMaximumPoolSize(Math.min(MOST, 2 * threads));
      pool.setCorePoolSize(pool.getMaximumPoolSize());
    } else if (first == null && threads > FEW && pool.getActiveCount() < FEW) {
      pool.setCorePoolSize(FEW);
      pool.setMaximumPoolSize(FEW);
    }
    waitingSince = first;
  }

  /** Waits until no start is under way; after that time, those that have not begun never will. */
  synchronized void awaitQuiet(Duration patience) {
    Deadline until = Deadline.after(System.nanoTime(), patience);
    try {
      while (underWay > 0 && !until.isDue()) {
        wait(TimeUnit.NANOSECONDS.toMillis(until.nanosLeft()) + 1);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    List<Runnable> dropped = new ArrayList<>();
    pool.getQueue().drainTo(dropped);
    underWay -= dropped.size();
    if (underWay > 0) {
      LOG.log(Level.ERROR, "{0} starts of the worker before hang", underWay);
    }
  }
}
