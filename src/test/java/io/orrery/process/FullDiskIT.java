package io.orrery.process;

import static org.assertj.core.api.Assertions.assertThat;

import io.orrery.process.Exit.Cause;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A directory in the place of the file that is written first stands for a disk that is full. */
class FullDiskIT {
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

  private Path obstacle(JobSetup setup) throws Exception {
    return Files.createDirectory(setup.directory.resolve("exit.json.tmp"));
  }

  private static void assertRecorded(JobSetup setup, int code) throws Exception {
    assertThat(ExitRecord.read(setup.directory))
        .hasValueSatisfying(
            record -> assertThat(record.exit().cause()).isEqualTo(new Cause.Exited(code)));
  }

  @Test
  void anExitThatCannotBeWrittenIsToldAndWrittenOnceItCanBe() throws Exception {
    JobSetup setup = jobs.sh("exit 3");
    Path obstacle = obstacle(setup);

    assertThat(jobs.run(setup).cause()).isEqualTo(new Cause.Exited(3));
    assertThat(ExitRecord.read(setup.directory)).isEmpty();
    Files.delete(obstacle);
    RunnerFixture.await(() -> ExitRecord.read(setup.directory).isPresent());

    assertRecorded(setup, 3);
  }

  @Test
  void anExitThatIsNotWrittenYetIsTriedOnceMoreAtTheClose() throws Exception {
    JobSetup setup = jobs.sh("exit 4");
    Path obstacle = obstacle(setup);
    jobs.run(setup);

    Files.delete(obstacle);
    jobs.runner.close();

    assertRecorded(setup, 4);
  }

  @Test
  void aJobThatWasRemovedMeanwhileHoldsNothingUp() throws Exception {
    Path directory = Files.createDirectory(root.resolve("removed"));
    Path file = directory.resolve("exit.json");
    try (RecordKeeper records = new RecordKeeper()) {
      Files.delete(directory);
      records.write(file, () -> Files.writeString(file, "gone"));
    }

    assertThat(directory).doesNotExist();
  }
}
