package io.orrery.process;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.orrery.process.Exit.Cause;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What goes wrong between a worker and its runner ends no more than their connection. */
class RunnerFaultsIT {
  @TempDir Path root;
  private Path data;

  @BeforeEach
  void makeDirectory() throws Exception {
    data = Files.createDirectory(root.resolve("data"));
  }

  private static int pid(RunnerChannel channel) throws Exception {
    Map<String, Object> hello = RunnerMessages.message("hello");
    hello.put(RunnerMessages.ID, 1L);
    channel.send(hello);
    return channel.receive().orElseThrow().integer("pid");
  }

  @Test
  void aMessageThatMakesNoSenseEndsTheConnectionAndNotTheAnswersAlone() throws Exception {
    try (RunnerChannel channel = new RunnerProcess(data, "a", Duration.ZERO).launch()) {
      Map<String, Object> order = RunnerMessages.message("stop");
      order.put(RunnerMessages.ID, 1L);
      order.put(RunnerMessages.JOB, "none");
      order.put("signal", 0);
      order.put("grace_millis", 0L);
      channel.send(order);

      assertThat(CompletableFuture.supplyAsync(() -> hears(channel)).get(20, SECONDS)).isFalse();
    }
  }

  private static boolean hears(RunnerChannel channel) {
    try {
      return channel.receive().isPresent();
    } catch (java.io.IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  private static void limitFiles(int pid, int most) throws Exception {
    assertThat(
            new ProcessBuilder("prlimit", "--pid", "" + pid, "--nofile=" + most + ":1024")
                .inheritIO()
                .start()
                .waitFor())
        .isZero();
  }

  @Test
  void aRunnerThatHasTooManyFilesOpenToLetAWorkerInKeepsItsJobs() throws Exception {
    int pid;
    CompletableFuture<Exit> exit = new CompletableFuture<>();
    JobSetup setup = new JobSetup(root, "/bin/sleep", "300");
    try (RunnerChannel channel = new RunnerProcess(data, "a", Duration.ZERO).launch()) {
      pid = pid(channel);
      Map<String, Object> order = RunnerMessages.message("start");
      RunnerMessages.put(order, setup.launch());
      order.put(RunnerMessages.ID, 2L);
      channel.send(order);
      assertThat(channel.receive().orElseThrow().text(RunnerMessages.TYPE)).isEqualTo("started");
      limitFiles(pid, 3);
      try (SocketChannel _ =
          SocketChannel.open(UnixDomainSocketAddress.of(RunnerServer.socket(data)))) {
        RunnerFixture.await(
            () -> Files.readString(data.resolve("runner.log")).contains("Too many open files"));
      }
      limitFiles(pid, 1024);
    }

    try (ProcessRunner next = new ProcessRunner(data, "a", Duration.ZERO)) {
      assertThat(RunnerFixture.isAlive(pid)).isTrue();
      assertThat(next.resume(setup.launch().terms(), exit::complete))
          .isInstanceOf(Resumption.Running.class);
      next.stop(setup.jobId, 15, Duration.ofSeconds(20)).get(60, SECONDS);
      assertThat(exit.get(30, SECONDS).cause()).isEqualTo(new Cause.Signalled(15, false));
    }
  }

  @Test
  void whoWaitsForARunnerIsToldWhenTheWorkerStopsWaitingForIt() throws Exception {
    ProcessRunner runner = new ProcessRunner(data, "a", Duration.ZERO);
    int pid =
        ProcessTable.read().entries().stream()
            .map(ProcessEntry::pid)
            .filter(each -> RunnerFixture.commandLine(each).contains("RunnerMain\0" + data + "\0"))
            .findFirst()
            .orElseThrow();
    try (RunnerFixture.Hindrance hindrance = RunnerFixture.Hindrance.in(data)) {
      RunnerFixture.kill(pid);
      hindrance.awaitFailure();
      CompletableFuture<Object> start =
          CompletableFuture.supplyAsync(
              () -> runner.start(new JobSetup(root, "/bin/true").launch(), never -> {}));

      runner.close();

      assertThatThrownBy(() -> start.get(20, SECONDS))
          .hasCauseInstanceOf(IllegalStateException.class);
    }
  }
}
