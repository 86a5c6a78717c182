package io.orrery.process;

import io.orrery.job.FaultPoint;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
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

  private final ExecutorService telling =
      Executors.newSingleThreadExecutor(
          Thread.ofPlatform().name("orrery-announcer").daemon().factory());
  private final ExitSync sync = new ExitSync();
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
          sync.add(terms.directory());
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

  /** Returns when what has been announced has been told and is on the disk, or after 30 s. */
  @Override
  public void close() {
    telling.shutdown();
    try {
      telling.awaitTermination(15, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    records.close();
    sync.close();
  }
}
