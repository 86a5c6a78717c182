package io.orrery.process;

import io.orrery.posix.Descriptors;
import io.orrery.posix.Epoll;
import io.orrery.posix.PosixException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Map;
import java.util.NavigableSet;
import java.util.Queue;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The one thread that follows all jobs: it sleeps until a watched process ends, a job's alarm is
 * due, or somebody gives it something to do. Everything but {@link #execute} and {@link #close} is
 * for that thread only.
 */
final class ReaperLoop implements AutoCloseable {
  private static final Logger LOG = System.getLogger(ReaperLoop.class.getName());

  private final int epoll;
  private final int wake;
  private final Thread thread;
  private final Queue<Runnable> tasks = new ConcurrentLinkedQueue<>();
  private final Map<Integer, Runnable> watched = new HashMap<>();
  private final NavigableSet<Alarm> alarms =
      new TreeSet<>(Comparator.comparing(Alarm::at).thenComparing(Alarm::number));
  private long lastAlarm;
  private @Nullable ProcessTable table;
  private volatile boolean closed;
  private boolean ended;

  /** Something to do at a time; the number tells those of one time apart. */
  record Alarm(Deadline at, long number, Runnable task) {}

  ReaperLoop() throws PosixException {
    epoll = Epoll.epoll_create1();
    wake = Epoll.eventfd();
    Epoll.epoll_ctl_add(epoll, wake);
    thread = Thread.ofPlatform().name("orrery-reaper").daemon().start(this::run);
  }

  /** Runs the task on the loop's thread, in the order of the calls; never if it is closed. */
  synchronized void execute(Runnable task) {
    if (ended) {
      return;
    }
    tasks.add(task);
    try {
      Epoll.eventfd_write(wake, 1);
    } catch (PosixException e) {
      LOG.log(Level.ERROR, "cannot wake the reaper", e);
    }
  }

  /** Runs {@code onEnd} once, when the process of this pidfd has ended; closes the pidfd then. */
  void watch(int pidfd, Runnable onEnd) {
    try {
      Epoll.epoll_ctl_add(epoll, pidfd);
    } catch (PosixException e) {
      throw new IllegalStateException(e);
    }
    watched.put(pidfd, onEnd);
  }

  /** Runs the task at that time, unless it is cancelled. */
  Alarm alarm(Deadline at, Runnable task) {
    Alarm alarm = new Alarm(at, ++lastAlarm, task);
    alarms.add(alarm);
    return alarm;
  }

  /** Does nothing for one that has gone off. */
  void cancel(Alarm alarm) {
    alarms.remove(alarm);
  }

  /**
   * The process table, read after the events that are being handled: jobs that end together share
   * one reading, so that many ends a second do not cost as many readings.
   */
  ProcessTable table() {
    ProcessTable read = table == null ? ProcessTable.read() : table;
    table = read;
    return read;
  }

  /** Whether {@link #table} costs nothing now. */
  boolean hasTable() {
    return table != null;
  }

  private void run() {
    try {
      while (!closed) {
        int[] ended = Epoll.epoll_wait(epoll, timeout());
        table = null;
        for (int descriptor : ended) {
          ready(descriptor);
        }
        runTasks();
        runAlarms();
      }
      runTasks();
    } catch (PosixException e) {
      LOG.log(Level.ERROR, "the reaper has stopped: no exit will be seen any more", e);
    } finally {
      closeDescriptors();
    }
  }

  private void runTasks() {
    for (Runnable task = tasks.poll(); task != null; task = tasks.poll()) {
      runSafely(task);
    }
  }

  private void runAlarms() {
    while (!alarms.isEmpty() && alarms.first().at.isDue()) {
      runSafely(alarms.removeFirst().task);
    }
  }

  private void ready(int descriptor) throws PosixException {
    if (descriptor == wake) {
      Epoll.eventfd_read(wake);
      return;
    }
    Epoll.epoll_ctl_del(epoll, descriptor);
    Descriptors.close(descriptor);
    Runnable onEnd = watched.remove(descriptor);
    if (onEnd != null) {
      runSafely(onEnd);
    }
  }

  /** One job's trouble must not end the watching of all others. */
  private static void runSafely(Runnable task) {
    try {
      task.run();
    } catch (RuntimeException e) {
      LOG.log(Level.ERROR, "following a job", e);
    }
  }

  /** Milliseconds until the next alarm, rounded up. */
  private int timeout() {
    if (alarms.isEmpty()) {
      return -1;
    }
    long millis = TimeUnit.NANOSECONDS.toMillis(alarms.first().at.nanosLeft() + 999_999);
    return Math.clamp(millis, 0, Integer.MAX_VALUE);
  }

  /** Nobody may write to the wake-up counter any more: its number may soon be another file's. */
  private synchronized void closeDescriptors() {
    ended = true;
    try {
      for (int pidfd : watched.keySet()) {
        Descriptors.close(pidfd);
      }
      Descriptors.close(epoll);
      Descriptors.close(wake);
    } catch (PosixException e) {
      LOG.log(Level.WARNING, "closing the reaper", e);
    }
  }

  /** Returns when the thread has ended, at once if the thread itself calls it. */
  @Override
  public void close() {
    closed = true;
    execute(() -> {});
    if (Thread.currentThread() != thread) {
      try {
        thread.join();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
  }
}
