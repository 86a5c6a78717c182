package io.orrery.process;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.orrery.process.Exit.Cause;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EmbeddedRunnerIT {
  @TempDir Path root;
  private RunnerFixture jobs;

  @BeforeEach
  void open() {
    jobs = new RunnerFixture(root);
  }

  @AfterEach
  void close() throws Exception {
    jobs.close();
  }

  @Test
  void theProcessIsOnRecordBeforeItsExit() throws Exception {
    JobSetup setup = jobs.command("true");
    CompletableFuture<Optional<AttemptRecord>> record = new CompletableFuture<>();
    Started started =
        jobs.runner.spawn(
            setup.launch(),
            exit -> {
              try {
                record.complete(AttemptRecord.read(setup.directory));
              } catch (IOException e) {
                record.completeExceptionally(e);
              }
            });

    AttemptRecord found = record.get(30, SECONDS).orElseThrow();
    assertThat(found.started()).isEqualTo(started);
    assertThat(found.isOfAnotherBoot()).isFalse();
    assertThat(found.startTicks()).isPositive();
  }

  @Test
  void aJobWhoseStartCannotBeWrittenIsStillWatchedAndItsRecordTriedAgain() throws Exception {
    JobSetup setup = jobs.sh("exit 8");
    Path obstacle = Files.createDirectory(setup.directory.resolve("attempt.json.tmp"));

    assertThat(jobs.run(setup).cause()).isEqualTo(new Cause.Exited(8));

    Files.delete(obstacle);
    RunnerFixture.await(() -> AttemptRecord.read(setup.directory).isPresent());
  }

  @Test
  void aStopDuringTheStartReachesTheJob() throws Exception {
    JobSetup setup = jobs.sh("sleep 300");
    CompletableFuture<CompletableFuture<TreeReport>> stop = new CompletableFuture<>();
    Thread.ofPlatform()
        .start(
            () -> {
              while (!jobs.runner.alive().contains(setup.jobId)) {
                Thread.onSpinWait();
              }
              stop.complete(jobs.runner.stop(setup.jobId, 9, Duration.ZERO));
            });
    Started started = jobs.runner.spawn(setup.launch(), exit -> {});

    assertThat(stop.get(30, SECONDS).get(30, SECONDS).empty()).isTrue();
    assertThat(RunnerFixture.isAlive(started.pid())).isFalse();
  }

  @Test
  void aJobIsAliveOnceAndCanBeStartedAgainFromItsExit() throws Exception {
    JobSetup setup = jobs.sh("sleep 300");
    CompletableFuture<Exit> second = new CompletableFuture<>();
    jobs.runner.spawn(
        setup.launch(),
        exit -> {
          try {
            setup.argv = List.of("true");
            jobs.runner.spawn(setup.launch(), second::complete);
          } catch (StartFailure e) {
            second.completeExceptionally(e);
          }
        });
    assertThatThrownBy(() -> jobs.start(setup)).isInstanceOf(IllegalStateException.class);
    assertThat(jobs.runner.alive()).containsExactly(setup.jobId);
    jobs.runner.signal(setup.jobId, 9);

    assertThat(second.get(30, SECONDS).cause()).isEqualTo(new Cause.Exited(0));
  }

  @Test
  void aListenerThatThrowsHarmsNobodyElse() throws Exception {
    jobs.runner.spawn(
        jobs.sh("exit 0").launch(),
        exit -> {
          throw new IllegalStateException("thrown by the test");
        });

    assertThat(jobs.run(jobs.sh("exit 2")).cause()).isEqualTo(new Cause.Exited(2));
  }

  @Test
  void manyShortJobsLeaveNoDescriptorsThreadsOrZombies() throws Exception {
    runMany(20);
    RunnerFixture.await(() -> jobs.runner.alive().isEmpty());
    long descriptors = entries("/proc/self/fd");
    long threads = entries("/proc/self/task");
    runMany(300);

    assertThat(entries("/proc/self/fd")).isLessThanOrEqualTo(descriptors + 2);
    assertThat(entries("/proc/self/task")).isLessThanOrEqualTo(threads + 4);
    assertThat(jobs.runner.alive()).isEmpty();
    int self = (int) ProcessHandle.current().pid();
    assertThat(ProcessTable.read().entries())
        .noneMatch(each -> each.parent() == self && each.gone());
  }

  @Test
  void twentyStartsAtOnceGetTheirOwnCodes() throws Exception {
    try (ExecutorService threads = Executors.newFixedThreadPool(20)) {
      List<Future<Exit>> exits = new ArrayList<>();
      for (int i = 0; i < 20; i++) {
        int code = i;
        exits.add(threads.submit(() -> jobs.run(jobs.sh("exit " + code))));
      }
      for (int i = 0; i < 20; i++) {
        assertThat(exits.get(i).get(60, SECONDS).cause()).isEqualTo(new Cause.Exited(i));
      }
    }
  }

  @Test
  void childrenOfTheJdkKeepTheirCodes() throws Exception {
    for (int i = 0; i < 20; i++) {
      RunnerFixture.Job job = jobs.start(jobs.sh("exit 1"));
      Process child = new ProcessBuilder("/bin/sh", "-c", "exit " + (40 + i)).start();

      assertThat(child.waitFor()).isEqualTo(40 + i);
      assertThat(job.await().cause()).isEqualTo(new Cause.Exited(1));
    }
  }

  @Test
  void aClosedRunnerLeavesItsJobsAndStartsNoMore() throws Exception {
    RunnerFixture.Job job = jobs.start(jobs.sh("sleep 300"));
    EmbeddedRunner second = new EmbeddedRunner();
    JobSetup stubborn = jobs.sh("trap '' TERM; echo ready; sleep 3");
    second.start(stubborn.launch(), exit -> {});
    RunnerFixture.await(() -> stubborn.stdout().equals("ready\n"));
    CompletableFuture<TreeReport> stop = second.stop(stubborn.jobId, 15, RunnerFixture.LONG);
    second.close();

    assertThatThrownBy(() -> second.start(jobs.command("true").launch(), exit -> {}))
        .isInstanceOf(IllegalStateException.class);
    assertThat(stop).failsWithin(Duration.ofSeconds(5));
    assertThat(RunnerFixture.isAlive(job.started().pid())).isTrue();
  }

  private void runMany(int count) throws Exception {
    List<RunnerFixture.Job> running = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      running.add(jobs.start(jobs.command("true")));
    }
    for (RunnerFixture.Job job : running) {
      assertThat(job.await().cause()).isEqualTo(new Cause.Exited(0));
    }
  }

  private static long entries(String directory) throws Exception {
    try (Stream<Path> entries = Files.list(Path.of(directory))) {
      return entries.count();
    }
  }
}
