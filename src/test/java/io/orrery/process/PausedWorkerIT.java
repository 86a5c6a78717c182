package io.orrery.process;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;

import io.orrery.process.Exit.Cause;
import io.orrery.process.Exit.Ending;
import java.io.OutputStream;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A worker that is there, and does not read what its runner tells it, as one that is stopped. */
class PausedWorkerIT {
  private static final int JOBS = 500;

  @TempDir Path root;

  private static void order(RunnerChannel worker, Launch launch) throws Exception {
    Map<String, Object> order = RunnerMessages.message("start");
    RunnerMessages.put(order, launch);
    order.put(RunnerMessages.ID, 1L);
    worker.send(order);
    assertThat(worker.receive().orElseThrow().text(RunnerMessages.TYPE)).isEqualTo("started");
  }

  private static Exit recorded(JobSetup setup) throws Exception {
    RunnerFixture.await(() -> ExitRecord.read(setup.directory).isPresent());
    return ExitRecord.read(setup.directory).orElseThrow().exit();
  }

  @Test
  void theRunnerGoesOnAndTheWorkerLearnsWhatItMissed() throws Exception {
    Path data = Files.createDirectory(root.resolve("data"));
    Path gate = root.resolve("gate");
    assertThat(new ProcessBuilder("mkfifo", gate.toString()).start().waitFor()).isZero();
    List<JobSetup> jobs = new ArrayList<>();
    try (RunnerChannel paused = new RunnerProcess(data, "a", Duration.ZERO).launch()) {
      for (int i = 0; i < JOBS; i++) {
        jobs.add(new JobSetup(root, "/bin/cat", gate.toString()));
        order(paused, jobs.getLast().launch());
      }
      JobSetup tooLong = new JobSetup(root, "/bin/sleep", "300");
      tooLong.timeout = Duration.ofSeconds(5);
      tooLong.stopGrace = Duration.ZERO;
      order(paused, tooLong.launch());
      try (OutputStream _ = Files.newOutputStream(gate)) {
        // All that wait for it are let go.
      }

      for (JobSetup job : jobs) {
        assertThat(recorded(job).cause()).isEqualTo(new Cause.Exited(0));
      }
      assertThat(recorded(tooLong).ending()).isEqualTo(Ending.TIMED_OUT);
    }
    try (ProcessRunner next = new ProcessRunner(data, "a", Duration.ZERO)) {
      assertThat(next.resume(jobs.getLast().launch().terms(), never -> {}))
          .isInstanceOf(Resumption.Ended.class);
    }
  }

  @Test
  void whoDoesNotReadForTooLongIsCutOffAndNobodyWaitsForIt() throws Exception {
    UnixDomainSocketAddress address = UnixDomainSocketAddress.of(root.resolve("socket"));
    try (ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
        RunnerChannel worker = connect(server.bind(address), address)) {
      Outbox outbox = new Outbox(new RunnerChannel(server.accept()));

      CompletableFuture.runAsync(
              () -> {
                for (int i = 0; i < 20_000; i++) {
                  outbox.send(RunnerMessages.message("exited"));
                }
              })
          .get(30, SECONDS);

      int heard = 0;
      for (Optional<Fields> message = worker.receive();
          message.isPresent();
          message = worker.receive()) {
        heard++;
      }
      assertThat(heard).isLessThan(20_000);
    }
  }

  private static RunnerChannel connect(ServerSocketChannel bound, UnixDomainSocketAddress address)
      throws Exception {
    assertThat(bound.isOpen()).isTrue();
    return new RunnerChannel(SocketChannel.open(address));
  }
}
