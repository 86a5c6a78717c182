package io.orrery.process;

import io.orrery.posix.Descriptors;
import io.orrery.posix.FileSpace;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * Makes exit records proof against a power cut within about a second: a few one by one, many with
 * the whole file system at once, as a flush for each would cost more than the jobs. Thread-safe.
 */
final class ExitSync implements AutoCloseable {
  private static final Logger LOG = System.getLogger(ExitSync.class.getName());
  private static final long SOON_MILLIS = 1000;

  /** What one flush of a file system may cost is not known: what is written may be much. */
  private static final int FEW = 16;

  private final ScheduledThreadPoolExecutor thread =
      new ScheduledThreadPoolExecutor(
          1, Thread.ofPlatform().name("orrery-exit-sync").daemon().factory());
  private List<Path> waiting = new ArrayList<>();

  ExitSync() {
    thread.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
  }

  /** The directory has a new exit record. */
  synchronized void add(Path directory) {
    waiting.add(directory);
    if (waiting.size() == 1 && !thread.isShutdown()) {
      var unused = thread.schedule(this::syncAll, SOON_MILLIS, TimeUnit.MILLISECONDS);
    }
  }

  private synchronized List<Path> take() {
    List<Path> taken = waiting;
    waiting = new ArrayList<>();
    return taken;
  }

  private void syncAll() {
    List<Path> directories = take();
    if (directories.size() <= FEW) {
      directories.forEach(ExitSync::sync);
    } else {
      syncFileSystem(directories.getFirst().resolveSibling("."));
    }
  }

  private static void sync(Path directory) {
    try {
      ExitRecord.sync(directory);
    } catch (NoSuchFileException e) {
      LOG.log(Level.DEBUG, "removed before it was synced: {0}", e.getMessage());
    } catch (IOException e) {
      LOG.log(Level.WARNING, "syncing the exit record in " + directory, e);
    }
  }

  private static void syncFileSystem(Path within) {
    try {
      int descriptor = Descriptors.open(within.toString(), Descriptors.O_DIRECTORY, 0);
      try {
        FileSpace.syncfs(descriptor);
      } finally {
        Descriptors.close(descriptor);
      }
    } catch (IOException e) {
      LOG.log(Level.WARNING, "syncing exit records", e);
    }
  }

  /** Returns when all records are on the disk, or after 15 s; at once the second time. */
  @Override
  public void close() {
    synchronized (this) {
      if (thread.isShutdown()) {
        return;
      }
      thread.execute(this::syncAll);
      thread.shutdown();
    }
    try {
      thread.awaitTermination(15, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
