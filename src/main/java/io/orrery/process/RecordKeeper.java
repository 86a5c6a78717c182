package io.orrery.process;

import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * Writes the records of jobs, and keeps those that the disk does not take to try them again, every
 * 1 to 30 s and a last time at {@link #close}. Thread-safe.
 */
public final class RecordKeeper implements AutoCloseable {
  private static final Logger LOG = System.getLogger(RecordKeeper.class.getName());
  private static final Duration FIRST_PAUSE = Duration.ofSeconds(1);
  private static final Duration LAST_PAUSE = Duration.ofSeconds(30);

  private final ScheduledThreadPoolExecutor later =
      new ScheduledThreadPoolExecutor(
          1, Thread.ofPlatform().name("orrery-records").daemon().factory());
  private final Map<Path, Write> kept = new LinkedHashMap<>();
  private Duration pause = FIRST_PAUSE;
  private boolean closed;

  /** Writes a file whole or not at all. */
  public interface Write {
    void run() throws IOException;
  }

  /** Writes the file now if that can be, else as soon as it can. Blocks for the disk. */
  public void write(Path file, Write write) {
    try {
      write.run();
    } catch (IOException | RuntimeException e) {
      LOG.log(Level.ERROR, "{0} cannot be written, and is tried again: {1}", file, e.toString());
      keep(file, write);
    }
  }

  private synchronized void keep(Path file, Write write) {
    if (closed) {
      LOG.log(Level.ERROR, "{0} was never written", file);
      return;
    }
    boolean first = kept.isEmpty();
    kept.put(file, write);
    if (first) {
      schedule();
    }
  }

  private void schedule() {
    var unused = later.schedule(this::tryLater, pause.toMillis(), TimeUnit.MILLISECONDS);
  }

  private synchronized void tryLater() {
    if (closed) {
      return;
    }
    tryAll();
    if (kept.isEmpty()) {
      pause = FIRST_PAUSE;
    } else {
      pause = pause.multipliedBy(2).compareTo(LAST_PAUSE) < 0 ? pause.multipliedBy(2) : LAST_PAUSE;
      schedule();
    }
  }

  private void tryAll() {
    for (Iterator<Map.Entry<Path, Write>> all = kept.entrySet().iterator(); all.hasNext(); ) {
      Map.Entry<Path, Write> entry = all.next();
      if (isDone(entry.getKey(), entry.getValue())) {
        all.remove();
      }
    }
  }

  private static boolean isDone(Path file, Write write) {
    try {
      write.run();
      LOG.log(Level.INFO, "{0} is written now", file);
      return true;
    } catch (IOException | RuntimeException e) {
      // Nobody wants the record of a job that was removed meanwhile.
      return Files.notExists(file.resolveSibling("."));
    }
  }

  /** Tries what is left for the last time. */
  @Override
  public synchronized void close() {
    closed = true;
    later.shutdownNow();
    tryAll();
    kept.keySet().forEach(file -> LOG.log(Level.ERROR, "{0} was never written", file));
    kept.clear();
  }
}
