package io.orrery.process;

import io.orrery.posix.Descriptors;
import io.orrery.posix.Epoll;
import io.orrery.posix.PosixException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;

/**
 * The one thread that reads the terminals of jobs, and waits for room in their inputs. It may wait
 * for the disk, and for nothing else. It closes the descriptors that it watches, so that no number
 * is another file's while it looks.
 */
final class StreamLoop implements AutoCloseable {
  private static final Logger LOG = System.getLogger(StreamLoop.class.getName());

  /** How long a terminal whose output the disk does not take is left alone. */
  static final int PAUSE = 250;

  private final int epoll;
  private final int wake;
  private final Thread thread;
  private final Queue<Runnable> tasks = new ConcurrentLinkedQueue<>();
  private final Map<Integer, TerminalOutput> terminals = new HashMap<>();
  private final Map<Integer, LocalInput> awaited = new HashMap<>();
  private final Set<TerminalOutput> stuck = new HashSet<>();

  /** What each descriptor is watched for. */
  private final Map<Integer, Integer> watched = new HashMap<>();

  private volatile boolean closed;
  private boolean ended;

  StreamLoop() throws PosixException {
    epoll = Epoll.epoll_create1();
    wake = Epoll.eventfd();
    Epoll.epoll_ctl_add(epoll, wake);
    thread = Thread.ofPlatform().name("orrery-streams").daemon().start(this::run);
  }

  private synchronized void execute(Runnable task) {
    if (ended) {
      return;
    }
    tasks.add(task);
    try {
      Epoll.eventfd_write(wake, 1);
    } catch (PosixException e) {
      LOG.log(Level.ERROR, "cannot wake the thread of the jobs' streams", e);
    }
  }

  /** Appends what the job writes to its file, until {@link #finish}. */
  void read(TerminalOutput terminal) {
    execute(
        () -> {
          terminals.put(terminal.master(), terminal);
          watch(terminal.master());
        });
  }

  /** The job is over: the terminal is read to its end. */
  void finish(TerminalOutput terminal) {
    execute(
        () -> {
          terminal.finish();
          turn(terminal);
        });
  }

  /** Tells the input once when it has room. */
  void awaitRoom(LocalInput input) {
    execute(
        () -> {
          awaited.put(input.descriptor(), input);
          watch(input.descriptor());
        });
  }

  /** Closes the write end of a pipe. */
  void closeLater(int descriptor) {
    execute(
        () -> {
          LocalInput waiting = awaited.remove(descriptor);
          if (waiting != null) {
            unwatch(descriptor);
            waiting.hasRoom();
          }
          Wiring.close(descriptor);
        });
  }

  private void run() {
    try {
      while (!closed) {
        int[] ready = Epoll.epoll_wait(epoll, stuck.isEmpty() ? -1 : PAUSE);
        for (int descriptor : ready) {
          ready(descriptor);
        }
        for (Runnable task = tasks.poll(); task != null; task = tasks.poll()) {
          runSafely(task);
        }
        for (TerminalOutput terminal : Set.copyOf(stuck)) {
          runSafely(() -> turn(terminal));
        }
      }
    } catch (PosixException e) {
      LOG.log(Level.ERROR, "the terminals of jobs are read no more", e);
    } finally {
      closeDescriptors();
    }
  }

  private void ready(int descriptor) throws PosixException {
    if (descriptor == wake) {
      Epoll.eventfd_read(wake);
      return;
    }
    LocalInput input = awaited.remove(descriptor);
    TerminalOutput terminal = terminals.get(descriptor);
    if (input != null) {
      runSafely(input::hasRoom);
    }
    if (terminal != null) {
      runSafely(() -> turn(terminal));
    } else {
      unwatch(descriptor);
    }
  }

  private void turn(TerminalOutput terminal) {
    stuck.remove(terminal);
    switch (terminal.turn()) {
      case READ -> watch(terminal.master());
      case STUCK -> {
        stuck.add(terminal);
        unwatch(terminal.master());
      }
      case DRAINED -> {
        unwatch(terminal.master());
        terminals.remove(terminal.master());
        awaited.remove(terminal.master());
        terminal.close();
      }
    }
  }

  /** Watches for what is wanted of the descriptor now. */
  private void watch(int descriptor) {
    int events =
        (terminals.containsKey(descriptor) ? Epoll.EPOLLIN : 0)
            | (awaited.containsKey(descriptor) ? Epoll.EPOLLOUT : 0);
    try {
      Integer before = watched.put(descriptor, events);
      if (before == null) {
        Epoll.epoll_ctl_add(epoll, descriptor, events);
      } else if (before != events) {
        Epoll.epoll_ctl_mod(epoll, descriptor, events);
      }
    } catch (PosixException e) {
      throw new IllegalStateException(e);
    }
  }

  private void unwatch(int descriptor) {
    try {
      if (watched.remove(descriptor) != null) {
        Epoll.epoll_ctl_del(epoll, descriptor);
      }
    } catch (PosixException e) {
      throw new IllegalStateException(e);
    }
  }

  /** One job's trouble must not end the reading of all others. */
  private static void runSafely(Runnable task) {
    try {
      task.run();
    } catch (RuntimeException e) {
      LOG.log(Level.ERROR, "a job's stream", e);
    }
  }

  private synchronized void closeDescriptors() {
    ended = true;
    try {
      Descriptors.close(epoll);
      Descriptors.close(wake);
    } catch (PosixException e) {
      LOG.log(Level.WARNING, "closing the jobs' streams", e);
    }
  }

  @Override
  public void close() {
    closed = true;
    execute(() -> {});
    try {
      thread.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
