package io.orrery.process;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;

import io.orrery.process.Exit.Cause;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Starts that hang as on a file system that does not answer. What stands for it is a FIFO in the
 * place of a file that the start opens: the kernel lets nobody through until it has another end.
 */
class HungStartIT {
  @TempDir Path root;
  private final List<JobSetup> hung = new ArrayList<>();
  private ProcessRunner runner;

  @BeforeEach
  void open() throws Exception {
    runner = new ProcessRunner(Files.createDirectory(root.resolve("data")), "a", Duration.ZERO);
  }

  @AfterEach
  void close() throws Exception {
    letGo();
    runner.killAll(Duration.ZERO).get(60, SECONDS);
    runner.close();
  }

  private JobSetup hangs(String script) throws Exception {
    JobSetup setup = new JobSetup(root, "/bin/sh", "-c", script);
    Path fifo = setup.directory.resolve("stdin");
    assertThat(new ProcessBuilder("mkfifo", fifo.toString()).start().waitFor()).isZero();
    hung.add(setup);
    return setup;
  }

  private CompletableFuture<Started> start(JobSetup setup) {
    return runner.start(setup.launch(), never -> {});
  }

  /** Lets every start go on that hangs. */
  private void letGo() throws Exception {
    for (JobSetup setup : hung) {
      Path fifo = setup.directory.resolve("stdin");
      Thread opening =
          Thread.ofPlatform()
              .daemon()
              .start(
                  () -> {
                    try (OutputStream _ = Files.newOutputStream(fifo)) {
                      // The other end is open now, and closed again.
                    } catch (java.io.IOException e) {
                      throw new java.io.UncheckedIOException(e);
                    }
                  });
      opening.join(1000);
    }
    hung.clear();
  }

  private Exit run(String script) throws Exception {
    CompletableFuture<Exit> exit = new CompletableFuture<>();
    RunnerFixture.started(
        runner.start(new JobSetup(root, "/bin/sh", "-c", script).launch(), exit::complete));
    return exit.get(30, SECONDS);
  }

  @Test
  void startsThatHangHoldUpNoOthersAndNoOrphanStaysAZombie() throws Exception {
    List<CompletableFuture<Started>> starts = new ArrayList<>();
    for (int i = 0; i < 9; i++) {
      starts.add(start(hangs("exit 7")));
    }
    Path pid = root.resolve("pid");

    String orphans =
        "(setsid sh -c 'echo $$ >%s' &) ; while [ ! -s %s ]; do sleep 0.01; done; exit 7";
    assertThat(run(orphans.formatted(pid, pid)).cause()).isEqualTo(new Cause.Exited(7));

    int orphan = RunnerFixture.pidIn(pid);
    RunnerFixture.await(() -> Proc.entry(orphan).isEmpty());
    assertThat(starts).noneMatch(CompletableFuture::isDone);
    letGo();
    for (CompletableFuture<Started> start : starts) {
      assertThat(start.get(30, SECONDS).pid()).isPositive();
    }
  }

  @Test
  void theNextWorkerIsServedAndAStartThatItGaveUpComesToNoProcess() throws Exception {
    Path mark = root.resolve("mark");
    JobSetup setup = hangs("touch " + mark);
    start(setup);
    runner.close();

    runner = new ProcessRunner(root.resolve("data"), "a", Duration.ZERO);

    assertThat(run("exit 7").cause()).isEqualTo(new Cause.Exited(7));
    assertThat(runner.resume(setup.launch().terms(), never -> {}))
        .isInstanceOf(Resumption.Gone.class);
    letGo();
    assertThat(run("sleep 1; exit 7").cause()).isEqualTo(new Cause.Exited(7));
    assertThat(mark).doesNotExist();
    assertThat(AttemptRecord.read(setup.directory)).isEmpty();
  }
}
