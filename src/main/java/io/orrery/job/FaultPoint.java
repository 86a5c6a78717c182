package io.orrery.job;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * The steps of a job's life between which a test has the process die, as by SIGKILL. The system
 * property {@code orrery.fault=POINT:FILE} arms one; it goes off once, and leaves the file.
 */
public enum FaultPoint {
  /** The worker has accepted a start, and nothing is on disk. */
  BEFORE_RECORD,
  /** What was asked is on disk, and the runner does not know. */
  AFTER_RECORD,
  /** The runner has the order, and there is no process. */
  BEFORE_SPAWN,
  /** There is a process, and no record of it. */
  AFTER_SPAWN,
  /** The process is on record, and the worker does not know. */
  AFTER_ATTEMPT,
  /** The worker knows the process, and its caller does not. */
  BEFORE_REPLY,
  /** The process has been waited for, and its status is nowhere but in memory. */
  BEFORE_EXIT_RECORD,
  /** The exit is on record, and the worker does not know. */
  AFTER_EXIT_RECORD,
  /** The scheduler has chosen a worker for a new job, and nobody else knows. */
  BEFORE_ORDER,
  /** The order is on its way to the worker. */
  AFTER_ORDER,
  /** The worker has the job, and the caller of the scheduler does not know. */
  BEFORE_ANSWER,
  /** A job has to wait, and is in the scheduler's memory alone. */
  BEFORE_QUEUED,
  /** It is in the store, and its caller does not know. */
  AFTER_QUEUED,
  /** A job that waited has a worker, and the store does not know. */
  BEFORE_ASSIGNED,
  /** The store knows which, and the worker has no order. */
  AFTER_ASSIGNED;

  public static final String PROPERTY = "orrery.fault";

  /** 128 + SIGKILL. */
  private static final int KILLED = 137;

  private static final @Nullable Armed ARMED = parse(System.getProperty(PROPERTY, ""));

  private record Armed(FaultPoint point, Path mark) {}

  private static @Nullable Armed parse(String text) {
    int colon = text.indexOf(':');
    return colon < 0
        ? null
        : new Armed(
            valueOf(text.substring(0, colon).toUpperCase(Locale.ROOT).replace('-', '_')),
            Path.of(text.substring(colon + 1)));
  }

  /** Dies here if this point is armed and has not gone off. */
  public void pass() {
    if (ARMED != null && ARMED.point == this && isFirst(ARMED.mark)) {
      Runtime.getRuntime().halt(KILLED);
    }
  }

  private static boolean isFirst(Path mark) {
    try {
      Files.createFile(mark);
      return true;
    } catch (FileAlreadyExistsException e) {
      return false;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
