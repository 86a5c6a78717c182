package io.orrery.process;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;

import io.orrery.fleet.SmallDisk;
import io.orrery.process.StreamSetup.WindowSize;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Terminals, which the runner writes down itself, on a disk that is full. */
class FullTerminalIT {
  @TempDir Path root;
  private SmallDisk disk;
  private RunnerFixture jobs;
  private Path gate;

  @BeforeEach
  void open() throws Exception {
    disk = SmallDisk.mount(root.resolve("disk"), "size=1m");
    jobs = new RunnerFixture(root.resolve("disk"));
    gate = root.resolve("gate");
  }

  @AfterEach
  void close() throws Exception {
    jobs.close();
    disk.close();
  }

  private RunnerFixture.Job start(String script) throws Exception {
    JobSetup setup = jobs.sh("until [ -e " + gate + " ]; do sleep 0.02; done; " + script);
    setup.streams = new StreamSetup(false, false, new WindowSize(24, 80));
    return jobs.start(setup);
  }

  @Test
  void whatCannotBeWrittenWaitsForRoomAndIsWhole() throws Exception {
    RunnerFixture.Job job = start("seq 1 20000; echo > " + root.resolve("printed"));
    disk.fill();
    Files.createFile(gate);
    CompletableFuture<Exit> exit = job.exit();
    RunnerFixture.await(() -> isPrinting(job));
    assertThat(root.resolve("printed")).doesNotExist();

    disk.empty();

    assertThat(exit.get(30, SECONDS).cause()).isEqualTo(new Exit.Cause.Exited(0));
    assertThat(exit.join().lost()).isEmpty();
    assertThat(job.setup().stdout().lines().count()).isEqualTo(20_000);
    assertThat(job.setup().stdout()).endsWith("20000\r\n");
  }

  /** More than the kernel keeps of a terminal: it waits in its write(2). */
  private static boolean isPrinting(RunnerFixture.Job job) {
    return ProcessTable.read().entries().stream()
        .filter(entry -> entry.parent() == job.started().pid())
        .anyMatch(entry -> RunnerFixture.commandLine(entry.pid()).startsWith("seq\0"));
  }

  @Test
  void theEndOfAJobIsToldAndThatItsLastBytesAreMissing() throws Exception {
    RunnerFixture.Job job = start("echo last words; exit 3");
    disk.fill();
    Files.createFile(gate);

    Exit exit = job.await();

    assertThat(exit.cause()).isEqualTo(new Exit.Cause.Exited(3));
    assertThat(exit.lost()).isEqualTo("ENOSPC");
    assertThat(job.setup().stdout()).isEmpty();
    disk.empty();
    RunnerFixture.await(() -> ExitRecord.read(job.setup().directory).isPresent());
    assertThat(ExitRecord.read(job.setup().directory).orElseThrow().exit().lost())
        .isEqualTo("ENOSPC");
  }
}
