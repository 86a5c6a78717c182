package io.orrery.process;

import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * A runner on a Unix socket in the worker's data directory, for one worker at a time: a new one
 * takes the place of the one before, as soon as nothing is under way for that any more.
 *
 * <p>It ends when nobody is connected and no job is alive for a while. One that was retired, since
 * a runner of another version takes the new jobs, ends with its last job.
 */
final class RunnerServer {
  private static final Logger LOG = System.getLogger(RunnerServer.class.getName());
  private static final String SOCKET = "runner.sock";
  private static final Duration LOOK = Duration.ofMillis(500);

  private final Path data;
  private final String build;
  private final Duration idle;
  private final EmbeddedRunner runner;
  private final StartThreads starts = new StartThreads();
  private final FileLock lock;
  private final ServerSocketChannel server;
  private volatile @Nullable RunnerSession session;
  private volatile boolean retired;
  private final Thread tidying =
      Thread.ofPlatform().name("orrery-tidy").daemon().unstarted(this::tidy);
  private volatile long lastBusy = System.nanoTime();

  /** What a session needs of the server. */
  record Host(RunnerServer server) {
    EmbeddedRunner runner() {
      return server.runner;
    }

    Map<String, Object> hello(Map<String, Object> answer) {
      answer.put("version", RunnerChannel.VERSION);
      answer.put("build", server.build);
      answer.put("pid", ProcessHandle.current().pid());
      answer.put("enforceable", LimitMessages.texts(server.runner.enforceable()));
      return answer;
    }

    StartThreads starts() {
      return server.starts;
    }

    void exited(JobTerms terms, Exit exit) {
      server.exited(terms, exit);
    }

    /** Whether it takes up no jobs that are not its own. */
    boolean isRetired() {
      return server.retired;
    }

    void retire() {
      server.retire();
    }
  }

  static Path socket(Path data) {
    return data.resolve(SOCKET);
  }

  /**
   * Binds the socket.
   *
   * @throws IOException also when another runner serves this directory
   */
  RunnerServer(Path data, String build, Duration idle) throws IOException {
    this.data = data;
    this.build = build;
    this.idle = idle;
    FileChannel file =
        FileChannel.open(
            data.resolve("runner.lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
    @Nullable FileLock taken = file.tryLock();
    if (taken == null) {
      throw new IOException("another runner serves " + data);
    }
    lock = taken;
    Files.deleteIfExists(socket(data));
    runner = new EmbeddedRunner(data);
    runner.onStuck(this::stuck);
    server = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
    server.bind(UnixDomainSocketAddress.of(socket(data)));
  }

  /** Serves until there is nothing left to do. */
  void run() throws IOException {
    tidying.start();
    while (true) {
      RunnerChannel channel = new RunnerChannel(accept());
      RunnerSession before = session;
      if (before != null) {
        before.close();
      }
      RunnerSession next = new RunnerSession(new Host(this), channel);
      session = next;
      Thread.ofPlatform().name("orrery-session").daemon().start(() -> serve(next));
    }
  }

  /** Too many open files, for one, are no reason to leave the jobs alone. */
  private SocketChannel accept() throws ClosedChannelException {
    while (true) {
      try {
        return server.accept();
      } catch (ClosedChannelException e) {
        throw e;
      } catch (IOException e) {
        LOG.log(Level.ERROR, "no worker can connect: {0}", e.getMessage());
        LockSupport.parkNanos(this, LOOK.toNanos());
      }
    }
  }

  private void serve(RunnerSession next) {
    next.serve();
    lastBusy = System.nanoTime();
    if (session == next) {
      session = null;
      LockSupport.unpark(tidying);
    }
    next.close();
  }

  private void exited(JobTerms terms, Exit exit) {
    RunnerSession listening = session;
    if (listening != null) {
      // The worker knows the process from the start.
      Started known = new Started(0, exit.endTime());
      listening.exited(
          terms.jobId(), new ExitRecord(terms.jobId(), terms.attempt(), known, exit).json());
    }
  }

  private void stuck(String jobId, List<Integer> survivors) {
    RunnerSession listening = session;
    if (listening != null) {
      listening.stuck(jobId, survivors);
    }
  }

  /** The next runner may bind the socket's name; this one is found by its pid. */
  private void retire() {
    try {
      if (!retired) {
        retired = true;
        long pid = ProcessHandle.current().pid();
        Files.move(socket(data), data.resolve("runner-" + pid + ".sock"));
        lock.release();
      }
    } catch (IOException e) {
      LOG.log(Level.ERROR, "retiring", e);
    }
  }

  /** Waits for orphans, and ends when there is nothing left to do. */
  private void tidy() {
    while (true) {
      pass(Deadline.after(System.nanoTime(), LOOK));
      runner.reapStrays();
      starts.look();
      boolean busy = !runner.alive().isEmpty() || (session != null && !retired);
      if (busy) {
        lastBusy = System.nanoTime();
      } else if (retired || System.nanoTime() - lastBusy > idle.toNanos()) {
        end();
      }
    }
  }

  /** Lets time pass; while no worker is there, jobs are held to the limits of their streams. */
  private void pass(Deadline until) {
    while (!until.isDue()) {
      long pace = session == null ? runner.guardStreams().toNanos() : Long.MAX_VALUE;
      LockSupport.parkNanos(this, Math.min(pace, until.nanosLeft()));
    }
  }

  /** What is under way for the disk is finished first. */
  private void end() {
    runner.close();
    try {
      String name = retired ? "runner-" + ProcessHandle.current().pid() + ".sock" : SOCKET;
      Files.deleteIfExists(data.resolve(name));
    } catch (IOException e) {
      LOG.log(Level.DEBUG, "removing the socket", e);
    }
    Runtime.getRuntime().halt(0);
  }
}
