package io.orrery.process;

import static java.util.concurrent.TimeUnit.MILLISECONDS;
import static java.util.concurrent.TimeUnit.SECONDS;

import io.orrery.posix.Errno;
import io.orrery.posix.PosixException;
import io.orrery.posix.Signals;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;

/** A runner for one test: starts jobs, waits for them, and kills what is left at the end. */
final class RunnerFixture implements AutoCloseable {
  static final Duration NO_GRACE = Duration.ZERO;
  static final Duration LONG = Duration.ofSeconds(60);

  final EmbeddedRunner runner;
  private final Path root;

  /** Without cgroups. */
  RunnerFixture(Path root) {
    this(root, Cgroups.NONE);
  }

  RunnerFixture(Path root, Cgroups cgroups) {
    this.root = root;
    this.runner = new EmbeddedRunner(cgroups);
  }

  record Job(JobSetup setup, Started started, CompletableFuture<Exit> exit) {
    Exit await() throws Exception {
      return exit.get(30, SECONDS);
    }
  }

  JobSetup sh(String script) {
    return new JobSetup(root, "/bin/sh", "-c", script);
  }

  JobSetup command(String... argv) {
    return new JobSetup(root, argv);
  }

  Job start(JobSetup setup) throws StartFailure {
    CompletableFuture<Exit> exit = new CompletableFuture<>();
    return new Job(setup, runner.spawn(setup.launch(), exit::complete), exit);
  }

  /** The process of a job that a runner was told to start, or the failure that it told. */
  static Started started(CompletableFuture<Started> start) throws Exception {
    try {
      return start.get(30, SECONDS);
    } catch (ExecutionException e) {
      throw e.getCause() instanceof Exception failure ? failure : e;
    }
  }

  Exit run(JobSetup setup) throws Exception {
    return start(setup).await();
  }

  TreeReport stop(Job job, Duration grace) throws Exception {
    return runner.stop(job.setup().jobId, 15, grace).get(30, SECONDS);
  }

  /** The number that the job writes into a file of its directory, once it is all there. */
  static int pidIn(Path file) throws Exception {
    await(() -> Files.exists(file) && Files.readString(file).endsWith("\n"));
    return Integer.parseInt(Files.readString(file).strip());
  }

  /** Polls, as the processes of a test are nobody's children here; fails after 20 seconds. */
  static void await(Callable<Boolean> condition) throws Exception {
    long end = System.nanoTime() + SECONDS.toNanos(20);
    while (!condition.call()) {
      if (System.nanoTime() > end) {
        throw new AssertionError("not within 20 seconds");
      }
      MILLISECONDS.sleep(2);
    }
  }

  static boolean isAlive(int pid) {
    return Proc.entry(pid).filter(entry -> !entry.gone()).isPresent();
  }

  /** While this is open no other runner comes up: a directory has the name of its socket. */
  record Hindrance(Path inTheWay) implements AutoCloseable {
    static Hindrance in(Path data) throws IOException {
      Path socket = RunnerServer.socket(data);
      Files.deleteIfExists(socket);
      return new Hindrance(Files.createDirectories(socket.resolve("in-the-way")));
    }

    /** Until a runner was started in vain. */
    void awaitFailure() throws Exception {
      Path log = inTheWay.getParent().resolveSibling("runner.log");
      await(() -> Files.readString(log).contains("DirectoryNotEmpty"));
    }

    @Override
    public void close() throws IOException {
      Files.delete(inTheWay);
      Files.delete(inTheWay.getParent());
    }
  }

  /** Ends a process that a test started and that no runner can find. */
  static void kill(int pid) throws PosixException {
    try {
      Signals.kill(pid, 9);
    } catch (PosixException e) {
      if (!e.is(Errno.ESRCH)) {
        throw e;
      }
    }
  }

  @Override
  public void close() throws IOException {
    runner.killAll(NO_GRACE).orTimeout(30, SECONDS).join();
    runner.close();
  }

  /** The arguments, each with a NUL after it; "" of a process that has gone. */
  static String commandLine(int pid) {
    try {
      return Files.readString(Path.of("/proc/" + pid + "/cmdline"));
    } catch (IOException gone) {
      return "";
    }
  }
}
