package io.orrery.process;

import io.orrery.job.FaultPoint;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * Writes each job's exit.json, then tells of the exit, and then makes the file proof against a
 * power cut: telling does not wait for the disk, as an exit costs 2 ms and a disk flush as much
 * again. An exit that the disk does not take is told all the same, and its record kept until the
 * disk takes it.
 */
final class Announcer implements AutoCloseable {
  private static final Logger LOG = System.getLogger(Announcer.class.getName());

  /** A disk that is further behind gets the rest from the kernel, within half a minute. */
  private static final int UNSYNCED = 1000;

  private final ExecutorService telling = thread("orrery-announcer", Integer.MAX_VALUE);
  private final ExecutorService syncing = thread("orrery-exit-sync", UNSYNCED);
  private final RecordKeeper records;
  private final Consumer<String> forget;

  /** {@code forget} is called with the job's id before its exit is told. */
  Announcer(RecordKeeper records, Consumer<String> forget) {
    this.records = records;
    this.forget = forget;
  }

  void announce(JobWatch watch, Exit exit, Consumer<Exit> onExit) {
    telling.execute(() -> writeAndTell(watch, exit, onExit));
  }

  private void writeAndTell(JobWatch watch, Exit exit, Consumer<Exit> onExit) {
    JobTerms terms = watch.terms();
    String jobId = terms.jobId();
    FaultPoint.BEFORE_EXIT_RECORD.pass();
    ExitRecord record = new ExitRecord(jobId, terms.attempt(), watch.child().started(), exit);
    records.write(
        ExitRecord.file(terms.directory()),
        () -> {
          record.write(terms.directory());
          syncing.execute(() -> sync(terms.directory()));
        });
    FaultPoint.AFTER_EXIT_RECORD.pass();
    forget.accept(jobId);
    try {
      onExit.accept(exit);
    } catch (RuntimeException e) {
      LOG.log(Level.ERROR, "telling of the exit of job " + jobId, e);
    }
    watch.child().group().remove();
    watch.report().complete(watch.reportOf(exit.survivors()));
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

  /** Returns when what has been announced has been told and is on the disk, or after 30 s. */
  @Override
  public void close() {
    end(telling);
    records.close();
    end(syncing);
  }

  private static void end(ExecutorService thread) {
    thread.shutdown();
    try {
      thread.awaitTermination(15, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static ExecutorService thread(String name, int queue) {
    ThreadFactory factory = Thread.ofPlatform().name(name).daemon().factory();
    return new ThreadPoolExecutor(
        1,
        1,
        0,
        TimeUnit.SECONDS,
        new LinkedBlockingQueue<>(queue),
        factory,
        new ThreadPoolExecutor.DiscardPolicy());
  }
}
