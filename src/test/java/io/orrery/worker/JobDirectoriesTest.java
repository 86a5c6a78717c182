package io.orrery.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.orrery.job.ApiException;
import io.orrery.job.Job;
import io.orrery.job.Reason;
import io.orrery.output.StreamLimit;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class JobDirectoriesTest {
  @TempDir private Path data;
  private JobDirectories directories;
  private final Job job = Asked.job("true");

  @BeforeEach
  void open() throws Exception {
    directories = JobDirectories.open(data, StreamLimit.NONE);
  }

  @Test
  void theIdOfAJobWhoseRecordsCannotBeReadIsTakenAndNothingOfItIsTouched() throws Exception {
    Path directory = Files.createDirectory(directories.directory(job.id()));
    Files.writeString(directory.resolve(JobRecords.SPEC), "of a later version");
    Files.writeString(directory.resolve("stdout"), "what it printed");

    assertThat(new JobRecovery(directories, new HeldRunner(), InstantSource.system()).recover())
        .isEqualTo(new JobRecovery.Recovered(List.of(), List.of()));
    assertThatThrownBy(() -> directories.create(job))
        .isInstanceOfSatisfying(
            ApiException.class,
            refusal -> assertThat(refusal.reason()).isEqualTo(Reason.REQUEST_ID_CONFLICT));

    assertThat(directory.resolve(JobRecords.SPEC)).hasContent("of a later version");
    assertThat(directory.resolve("stdout")).hasContent("what it printed");
    assertThat(directory.resolve("work")).doesNotExist();
  }

  @Test
  void whatAStartLeftThatWasNeverAcknowledgedIsInNobodysWay() throws Exception {
    Files.createDirectories(directories.workingDirectory(job.id()));

    directories.create(job);

    assertThat(directories.directory(job.id()).resolve(JobRecords.SPEC)).exists();
  }

  @Test
  void anEndThatCouldNotBeWrittenIsNotWrittenForTheNextAttempt() throws Exception {
    directories.create(job);
    Path directory = directories.directory(job.id());
    Path obstacle = Files.createDirectory(directory.resolve(JobRecords.END + ".new"));
    directories.recordEnd(job.in(JobEnds.lost(null, "nobody knows", job.createTime())));
    Files.delete(obstacle);
    new JobRemoval(directories).removeRecord(job.id());
    directories.create(
        new Job(
            job.id(),
            job.spec(),
            job.owner(),
            new Job.Site("", "w1", 2),
            job.createTime(),
            job.state(),
            job.bytes()));

    directories.close(); // tries a last time

    assertThat(directory.resolve(JobRecords.SPEC)).exists();
    assertThat(directory.resolve(JobRecords.END)).doesNotExist();
  }

  @Test
  void aDirectoryThatCannotBeWrittenIsRefusedAndNothingIsLeftBehind() throws Exception {
    Path obstacle = directories.directory(job.id()).resolve(JobRecords.SPEC + ".new");
    Files.createDirectories(obstacle);

    assertThatThrownBy(() -> directories.create(job))
        .isInstanceOfSatisfying(
            ApiException.class,
            refusal -> assertThat(refusal.reason()).isEqualTo(Reason.STORAGE_FAILED));
    assertThat(directories.directory(job.id())).doesNotExist();
  }
}
