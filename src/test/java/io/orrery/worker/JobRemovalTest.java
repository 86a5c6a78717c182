package io.orrery.worker;

import static org.assertj.core.api.Assertions.assertThat;

import io.orrery.job.Completion;
import io.orrery.job.Job;
import io.orrery.job.JobEnd;
import io.orrery.job.JobState;
import io.orrery.job.OutputRemoval;
import io.orrery.output.OutputFiles;
import io.orrery.output.StreamLimit;
import io.orrery.process.EmbeddedRunner;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class JobRemovalTest {
  private static final OutputRemoval AGE =
      new OutputRemoval(Instant.parse("2026-01-02T00:00:00Z"), OutputRemoval.Rule.AGE);

  @TempDir Path data;
  private JobDirectories directories;
  private JobRemoval removal;
  private Job job;

  @BeforeEach
  void makeAJobThatHasEnded() throws Exception {
    directories = JobDirectories.open(data, StreamLimit.NONE);
    removal = new JobRemoval(directories);
    Job asked = Asked.job("true");
    directories.create(asked);
    Path directory = directories.directory(asked.id());
    Files.writeString(directory.resolve("stdout"), "0123456789");
    Files.writeString(directory.resolve("stderr"), "abc");
    Files.writeString(directory.resolve("timeline"), "");
    Files.writeString(directory.resolve("work/made"), "by the job");
    job =
        asked
            .in(
                new JobState.Ended(
                    JobState.Name.FAILED,
                    new JobEnd(new JobEnd.StartFailed("ENOENT", "no such command")),
                    Completion.unused(null, Instant.parse("2026-01-01T00:00:01Z"))))
            .with(new Job.StreamBytes(10, 3))
            .without(AGE);
    directories.recordEnd(job);
  }

  @AfterEach
  void close() {
    directories.close();
  }

  private Job recovered() throws Exception {
    try (EmbeddedRunner runner = new EmbeddedRunner()) {
      List<Job> over =
          new JobRecovery(directories, runner, InstantSource.system()).recover().over();
      assertThat(over).hasSize(1);
      return over.getFirst();
    }
  }

  @Test
  void theRecordSaysWhenAndWhyAndHowMuchItWas() throws Exception {
    removal.record(job);
    removal.removeOutput(job);

    assertThat(removal.isFinished(job.id())).isTrue();
    assertThat(recovered()).isEqualTo(job);
    try (OutputFiles files = new OutputFiles(directories.directory(job.id()))) {
      assertThat(files.sizes()).isEqualTo(job.bytes());
    }
  }

  @Test
  void aRemovalThatWasCutOffCountsAsDoneAndIsFinishedLater() throws Exception {
    removal.record(job); // and died

    assertThat(recovered()).isEqualTo(job);
    try (OutputFiles files = new OutputFiles(directories.directory(job.id()))) {
      assertThat(files.read(io.orrery.job.StandardStream.STDOUT, 0, 10)).isEmpty();
    }
    assertThat(removal.isFinished(job.id())).isFalse();
    removal.removeOutput(job);
    assertThat(removal.isFinished(job.id())).isTrue();
    removal.removeOutput(job);
    assertThat(recovered()).isEqualTo(job);
  }

  @Test
  void aRemovalThatWasNotWrittenDownDidNotHappen() throws Exception {
    Path directory = directories.directory(job.id());
    Files.writeString(directory.resolve("output-removed.json.new"), "{ half");

    assertThat(recovered().outputRemoval()).isNull();
    assertThat(recovered().bytes()).isEqualTo(job.bytes());
  }

  @Test
  void aRecordGoesInOneStepAndWhatIsLeftOfItAtTheNextStart() throws Exception {
    Path left = Files.createDirectories(data.resolve("removed/other/work"));
    Files.writeString(left.resolve("file"), "left");

    removal.removeRecord(job.id());
    assertThat(directories.directory(job.id())).doesNotExist();
    removal.emptyWaste();

    assertThat(data.resolve("removed")).doesNotExist();
    try (EmbeddedRunner runner = new EmbeddedRunner()) {
      assertThat(new JobRecovery(directories, runner, InstantSource.system()).recover().over())
          .isEmpty();
    }
  }

  @Test
  void aLinkInAJobsDirectoryIsRemovedAndNotFollowed() throws Exception {
    Path elsewhere = Files.createDirectory(data.resolve("elsewhere"));
    Files.writeString(elsewhere.resolve("precious"), "keep me");
    Path work = directories.workingDirectory(job.id());
    Files.createSymbolicLink(work.resolve("link"), elsewhere);
    Files.createDirectory(work.resolve("deep"));
    Files.createSymbolicLink(work.resolve("deep/link"), elsewhere.resolve("precious"));

    removal.removeOutput(job);

    assertThat(work).doesNotExist();
    assertThat(elsewhere.resolve("precious")).hasContent("keep me");
  }
}
