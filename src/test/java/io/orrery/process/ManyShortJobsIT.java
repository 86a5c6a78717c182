package io.orrery.process;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;

import io.orrery.process.Exit.Cause;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code -Dorrery.jobs=60000} for a long one. */
class ManyShortJobsIT {
  private static final int WARM_UP = 100;
  private static final int JOBS = Integer.getInteger("orrery.jobs", 1500);
  private static final int CLIENTS = 8;

  /** Of a JVM that has compiled more or collected garbage since. */
  private static final int SLACK = 3;

  @TempDir Path root;

  private static long count(String directory) {
    try (Stream<Path> entries = Files.list(Path.of(directory))) {
      return entries.count();
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  /** What a process has open, and what it has made and not waited for. */
  private record Holding(long descriptors, long threads, long children) {
    static Holding of(long pid) {
      return new Holding(
          count("/proc/" + pid + "/fd"),
          count("/proc/" + pid + "/task"),
          ProcessTable.read().entries().stream().filter(entry -> entry.parent() == pid).count());
    }

    boolean isNoMoreThan(Holding before) {
      return descriptors <= before.descriptors + SLACK
          && threads <= before.threads + SLACK
          && children <= before.children;
    }
  }

  private void run(Runner runner, int jobs) throws Exception {
    List<Future<Exit>> exits = new ArrayList<>();
    try (ExecutorService clients = Executors.newFixedThreadPool(CLIENTS)) {
      for (int i = 0; i < jobs; i++) {
        exits.add(clients.submit(() -> runOne(runner)));
      }
      for (Future<Exit> exit : exits) {
        assertThat(exit.get(120, SECONDS).cause()).isEqualTo(new Cause.Exited(0));
      }
    }
  }

  private Exit runOne(Runner runner) throws Exception {
    CompletableFuture<Exit> exit = new CompletableFuture<>();
    RunnerFixture.started(runner.start(new JobSetup(root, "/bin/true").launch(), exit::complete));
    return exit.get(60, SECONDS);
  }

  @Test
  void leaveNothingOpenAndNobodyUnwaitedFor() throws Exception {
    Path data = Files.createDirectory(root.resolve("data"));
    try (ProcessRunner runner = new ProcessRunner(data, "a", Duration.ofMillis(500))) {
      int process =
          ProcessTable.read().entries().stream()
              .mapToInt(ProcessEntry::pid)
              .filter(pid -> RunnerFixture.commandLine(pid).contains("RunnerMain\0" + data + "\0"))
              .findFirst()
              .orElseThrow();
      long us = ProcessHandle.current().pid();
      run(runner, WARM_UP);
      Holding runnersBefore = Holding.of(process);
      Holding oursBefore = Holding.of(us);

      run(runner, JOBS);

      RunnerFixture.await(() -> Holding.of(process).isNoMoreThan(runnersBefore));
      RunnerFixture.await(() -> Holding.of(us).isNoMoreThan(oursBefore));
      assertThat(runner.alive()).isEmpty();
    }
  }
}
