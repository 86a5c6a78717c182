package io.orrery.scheduler;

import static org.assertj.core.api.Assertions.assertThat;

import io.orrery.job.JobId;
import io.orrery.job.JobState;
import io.orrery.v1.Job;
import java.time.Instant;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class JobIndexTest {
  private static final int MOST_BYTES = 1000;

  private final JobIndex index = new JobIndex(new MessageBudget(MOST_BYTES));
  private final JobId id = JobId.random();

  private static JobIndex.Entry entry(
      JobId id, boolean confirmed, int attempt, JobState.Name state, @Nullable Job message) {
    JobIndex.Report report =
        new JobIndex.Report(state, attempt, new JobIndex.Room(1, 2), Instant.EPOCH, message);
    return new JobIndex.Entry(id, "w", "me", confirmed, report);
  }

  private JobIndex.Entry running(boolean confirmed) {
    return entry(id, confirmed, 1, JobState.Name.RUNNING, null);
  }

  private JobIndex.Entry now() {
    return index.get(id).orElseThrow();
  }

  @Test
  void forgetsAJobThatWasRefusedButNotOneThatTheWorkerHas() {
    index.put(running(false));
    index.refused(id);
    assertThat(index.get(id)).isEmpty();
    assertThat(index.live("w")).isEmpty();

    index.put(running(true));
    index.refused(id);
    assertThat(index.get(id)).isPresent();
  }

  @Test
  void findsByPrefixAmongWhatTheCallerMaySee() {
    index.put(running(true));

    assertThat(index.find(id.value().substring(0, 8), entry -> true).id()).isEqualTo(id);
  }

  @Test
  void anEndNeverChangesAndALowerAttemptIsNotTaken() {
    index.put(entry(id, true, 2, JobState.Name.FAILED, null));

    assertThat(index.put(entry(id, true, 2, JobState.Name.RUNNING, null))).isFalse();
    assertThat(index.put(entry(id, true, 2, JobState.Name.SUCCEEDED, null))).isFalse();
    assertThat(index.put(entry(id, true, 1, JobState.Name.RUNNING, null))).isFalse();
    assertThat(now().state()).isEqualTo(JobState.Name.FAILED);

    assertThat(index.put(entry(id, true, 3, JobState.Name.RUNNING, null))).isTrue();
    assertThat(now().attempt()).isEqualTo(3);
  }

  @Test
  void knowsWhichJobsOfAWorkerHaveNotEnded() {
    index.put(running(true));
    assertThat(index.live("w")).containsExactly(now());

    index.put(entry(id, true, 1, JobState.Name.SUCCEEDED, null));
    assertThat(index.live("w")).isEmpty();
    index.forget(id, "w");
    assertThat(index.get(id)).isEmpty();
  }

  @Test
  void aJobThatIsGivenUpStaysLostWhateverIsReported() {
    index.put(running(true));
    index.giveUp(now(), Job.newBuilder().setJobId(id.value()).build());

    assertThat(index.put(running(true))).isFalse();
    assertThat(index.put(entry(id, true, 1, JobState.Name.SUCCEEDED, null))).isFalse();
    assertThat(now().state()).isEqualTo(JobState.Name.LOST);
    assertThat(index.isGivenUp(id)).isTrue();
    assertThat(index.givenUp("w")).containsExactly(now());
  }

  @Test
  void aJobThatEndedCannotBeGivenUp() {
    index.put(entry(id, true, 1, JobState.Name.SUCCEEDED, null));
    index.giveUp(now(), Job.getDefaultInstance());

    assertThat(now().state()).isEqualTo(JobState.Name.SUCCEEDED);
    assertThat(index.isGivenUp(id)).isFalse();
  }

  @Test
  void theMessageOfAJobStaysWhenAReportHasNone() {
    Job message = Job.newBuilder().setOwner("x").build();
    index.put(entry(id, true, 1, JobState.Name.RUNNING, message));
    index.put(entry(id, true, 1, JobState.Name.STOPPING, null));

    assertThat(now().report().message()).isEqualTo(message);
    assertThat(now().state()).isEqualTo(JobState.Name.STOPPING);
  }

  @Test
  void theOldestMessagesGoWhenThereIsNoRoomForThemButNotTheirJobs() {
    Job large = Job.newBuilder().setOwner("x".repeat(400)).build();
    index.put(entry(id, true, 1, JobState.Name.RUNNING, large));
    JobId second = JobId.random();
    index.put(entry(second, true, 1, JobState.Name.RUNNING, large));
    assertThat(now().report().message()).isNotNull();

    index.put(entry(JobId.random(), true, 1, JobState.Name.RUNNING, large));

    assertThat(now().report().message()).isNull();
    assertThat(now().state()).isEqualTo(JobState.Name.RUNNING);
    assertThat(index.get(second).orElseThrow().report().message()).isEqualTo(large);
  }
}
