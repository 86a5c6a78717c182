package io.orrery.output;

import static io.orrery.posix.Inotify.IN_MODIFY;
import static io.orrery.posix.Inotify.IN_MOVE_SELF;

import io.orrery.posix.Descriptors;
import io.orrery.posix.Epoll;
import io.orrery.posix.Inotify;
import io.orrery.posix.InotifyEvent;
import io.orrery.posix.PosixException;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One thread that sleeps until a watched file grows, a task comes or a time is reached. All but
 * {@link #execute} and {@link #close} is for that thread alone.
 */
final class TailLoop implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(TailLoop.class);

  /** Events so close together are gathered, or a job that prints much would keep a core busy. */
  private static final long BUSY_NANOS = TimeUnit.MILLISECONDS.toNanos(1);

  private static final long GATHER_NANOS = TimeUnit.MICROSECONDS.toNanos(200);

  /** What is due within this time of another is done with it, so that many cost one wake-up. */
  private static final long EARLY_NANOS = TimeUnit.MILLISECONDS.toNanos(4);

  private final Queue<Runnable> tasks = new ConcurrentLinkedQueue<>();
  private final AtomicBoolean woken = new AtomicBoolean();
  private final Map<Integer, Runnable> listeners = new HashMap<>();
  private final PriorityQueue<Timer> timers =
      new PriorityQueue<>(Comparator.comparingLong(Timer::due));
  private final int epoll;
  private final int inotify;
  private final int wake;
  private final Thread thread;
  private long lastEvents = System.nanoTime() - BUSY_NANOS;
  private boolean closed;
  private boolean ended;

  private record Timer(long due, Runnable task) {}

  /**
   * @throws PosixException EMFILE when this user has too many inotify instances
   *     (fs.inotify.max_user_instances) or the process too many files
   */
  TailLoop() throws PosixException {
    epoll = Epoll.epoll_create1();
    inotify = Inotify.inotify_init1(Inotify.IN_NONBLOCK);
    wake = Epoll.eventfd();
    Epoll.epoll_ctl_add(epoll, inotify);
    Epoll.epoll_ctl_add(epoll, wake);
    thread = Thread.ofPlatform().name("orrery-tail").daemon().unstarted(this::run);
  }

  void start() {
    thread.start();
  }

  /** Runs a task on the loop's thread; tasks of one thread in order. After the end, not at all. */
  synchronized void execute(Runnable task) {
    tasks.add(task);
    if (!ended && woken.compareAndSet(false, true)) {
      try {
        Epoll.eventfd_write(wake, 1);
      } catch (PosixException e) {
        LOG.error("the output of jobs may be late", e);
      }
    }
  }

  /** Runs a task after a time, or some milliseconds earlier where another is due. */
  void after(Duration delay, Runnable task) {
    timers.add(new Timer(System.nanoTime() + delay.toNanos(), task));
  }

  /**
   * Calls the listener whenever the file is written to, until {@link #quiet} or {@link #forget}.
   * Whether it grew before is for the caller to look at afterwards.
   *
   * @return the watch, which stays the same for the file
   * @throws PosixException ENOSPC when the user's watches are used up
   */
  int listen(Path file, Runnable listener) throws PosixException {
    int watch = Inotify.inotify_add_watch(inotify, file.toString(), IN_MODIFY);
    listeners.put(watch, listener);
    return watch;
  }

  /** Hears nothing of the file until {@link #listen} is called again. */
  void quiet(Path file) throws PosixException {
    Inotify.inotify_add_watch(inotify, file.toString(), IN_MOVE_SELF);
  }

  /** Ends a watch. */
  void forget(int watch) {
    listeners.remove(watch);
    try {
      Inotify.inotify_rm_watch(inotify, watch);
    } catch (PosixException gone) {
      LOG.debug("the watched file is gone already", gone);
    }
  }

  /** Ends the thread; waits until it has ended. */
  @Override
  public void close() {
    execute(() -> closed = true);
    if (Thread.currentThread() != thread) {
      boolean interrupted = false;
      while (thread.isAlive()) {
        try {
          thread.join();
        } catch (InterruptedException e) {
          interrupted = true;
        }
      }
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  private void run() {
    while (!closed) {
      try {
        turn();
      } catch (IOException | RuntimeException e) {
        LOG.error("the output of jobs may be late", e);
        LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(100));
      }
    }
    end();
  }

  /** Nobody may write to the wake-up counter any more: its number may soon be another file's. */
  private synchronized void end() {
    ended = true;
    for (int descriptor : new int[] {epoll, inotify, wake}) {
      try {
        Descriptors.close(descriptor);
      } catch (PosixException e) {
        LOG.debug("closing a descriptor", e);
      }
    }
  }

  private void turn() throws IOException {
    int[] ready = Epoll.epoll_wait(epoll, timeoutMillis());
    Set<Runnable> heard = new LinkedHashSet<>();
    for (int descriptor : ready) {
      if (descriptor == wake) {
        // In this order: a task that comes in between either wakes again or is run below.
        Epoll.eventfd_read(wake);
        woken.set(false);
      } else {
        hear(Inotify.read(inotify), heard);
      }
    }
    for (Runnable task = tasks.poll(); task != null; task = tasks.poll()) {
      guarded(task);
    }
    heard.forEach(TailLoop::guarded);
    long horizon = System.nanoTime() + EARLY_NANOS;
    while (!timers.isEmpty() && timers.peek().due() - horizon <= 0) {
      guarded(timers.remove().task());
    }
    if (!heard.isEmpty()) {
      gather();
    }
  }

  private void hear(List<InotifyEvent> events, Set<Runnable> heard) {
    for (InotifyEvent event : events) {
      if (event.has(Inotify.IN_Q_OVERFLOW)) {
        heard.addAll(listeners.values());
      } else if (event.has(Inotify.IN_IGNORED)) {
        listeners.remove(event.watch());
      } else if (listeners.containsKey(event.watch())) {
        heard.add(listeners.get(event.watch()));
      }
    }
  }

  private void gather() {
    long now = System.nanoTime();
    if (now - lastEvents < BUSY_NANOS) {
      LockSupport.parkNanos(GATHER_NANOS);
    }
    lastEvents = now;
  }

  private int timeoutMillis() {
    if (timers.isEmpty()) {
      return -1;
    }
    long left = timers.peek().due() - System.nanoTime();
    return left <= 0 ? 0 : (int) Math.min(Integer.MAX_VALUE, (left + 999_999) / 1_000_000);
  }

  private static void guarded(Runnable task) {
    try {
      task.run();
    } catch (RuntimeException e) {
      LOG.error("the output of a job may be late", e);
    }
  }
}
