package io.orrery.scheduler;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.orrery.job.ApiException;
import io.orrery.job.JobId;
import io.orrery.job.Reason;
import io.orrery.v1.Job;
import io.orrery.v1.JobState;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The records of jobs on a real store that fails for a while. */
class JobRecordsTest {
  @TempDir Path home;
  private final JobId id = JobId.random();
  private final Job queued =
      Job.newBuilder().setJobId(id.value()).setState(JobState.JOB_STATE_QUEUED).build();
  private final Job starting = queued.toBuilder().setState(JobState.JOB_STATE_STARTING).build();
  private StoreAndContext there;
  private FailingStore store;
  private JobRecords records;

  @BeforeEach
  void open() throws Exception {
    there = new StoreAndContext(home);
    store = new FailingStore(there.store());
    records = there.on(() -> new JobRecords(there.vertx(), store.store()));
  }

  @AfterEach
  void close() throws Exception {
    there.close();
  }

  private Optional<Job> stored() throws Exception {
    JobRecords fresh = there.on(() -> new JobRecords(there.vertx(), there.store()));
    return there.later(() -> fresh.get(id));
  }

  @Test
  void whatIsNotedWhileTheStoreFailsIsTakenWhenItHeals() throws Exception {
    there.later(() -> records.save(queued));
    store.fail("put", "putValue");
    there.run(() -> records.note(starting));

    there.await(records::isAway);
    assertThat(there.later(() -> records.get(id))).contains(starting);
    assertThat(stored()).contains(queued);
    assertThat(there.on(() -> records.isUnsaved(id))).isTrue();

    AtomicInteger back = new AtomicInteger();
    there.run(() -> records.onBack(back::incrementAndGet));
    store.heal();
    there.await(() -> !records.isUnsaved(id));
    assertThat(stored()).contains(starting);
    assertThat(there.on(records::isAway)).isFalse();
    assertThat(back).hasValue(1);
  }

  /** Else a job that was refused would be ordered again after a restart. */
  @Test
  void theRecordOfARefusedJobGoesAsSoonAsTheStoreTakesThat() throws Exception {
    there.later(() -> records.save(starting));
    store.fail("remove", "putValue");
    there.run(() -> records.forget(id));
    there.await(records::isAway);
    assertThat(stored()).contains(starting);

    store.heal();
    there.await(() -> !records.isAway());
    there.later(() -> records.get(JobId.random()));
    there.await(() -> there.store() != null && !records.isUnsaved(id));
    for (int i = 0; stored().isPresent(); i++) {
      assertThat(i).isLessThan(3_000);
      Thread.sleep(5);
    }
  }

  @Test
  void aJobThatWasRefusedAndIsAskedForAgainStays() throws Exception {
    there.later(() -> records.save(starting));
    store.fail("remove", "putValue");
    there.run(() -> records.forget(id));
    there.await(records::isAway);
    store.heal();
    there.later(() -> records.save(queued));

    there.await(() -> !records.isAway());
    assertThat(stored()).contains(queued);
  }

  /** A disk that is full can be read: that alone does not mean that it takes something. */
  @Test
  void aReadThatSucceedsDoesNotMakeAStoreOneThatTakesWrites() throws Exception {
    store.fail("put", "putValue");
    assertThatThrownBy(() -> there.later(() -> records.save(queued)))
        .hasMessageContaining("made to fail");

    there.later(() -> records.get(id));
    assertThat(there.on(records::isAway)).isTrue();
  }

  /** Of some there is no other record, as they have never come to a worker. */
  @Test
  void nothingIsLostOfWhatTheStoreDoesNotTakeAndNewJobsAreRefusedInstead() throws Exception {
    JobRecords small =
        there.on(
            () ->
                new JobRecords(there.vertx(), store.store(), new UnsavedStates.Bounds(3, 1 << 20)));
    store.fail("put", "putValue");
    List<Job> ends = new ArrayList<>();
    for (int i = 0; i < 5; i++) {
      assertThat(there.on(small::fullBecause).isPresent()).isEqualTo(i >= 3);
      ends.add(
          Job.newBuilder()
              .setJobId(JobId.random().value())
              .setState(JobState.JOB_STATE_TIMED_OUT)
              .build());
      there.run(() -> small.note(ends.getLast()));
    }
    assertThatThrownBy(() -> there.run(small::checkRoom))
        .isInstanceOfSatisfying(
            ApiException.class,
            refusal -> assertThat(refusal.reason()).isEqualTo(Reason.STORE_UNAVAILABLE))
        .hasMessageContaining("the states of 5 jobs");

    store.heal();
    there.await(() -> small.unsaved() == 0);
    there.run(small::checkRoom);
    for (Job end : ends) {
      JobId ended = new JobId(end.getJobId());
      assertThat(there.later(() -> there.store().get(ended))).isPresent();
    }
  }

  @Test
  void fewLargeStatesAreAsManyAsManySmallOnes() throws Exception {
    JobRecords small =
        there.on(
            () -> new JobRecords(there.vertx(), store.store(), new UnsavedStates.Bounds(9, 1000)));
    store.fail("put", "putValue");
    Job large = queued.toBuilder().setOwner("o".repeat(1000)).build();
    there.run(() -> small.note(large));
    assertThat(there.on(small::fullBecause)).isPresent();

    there.run(() -> small.note(queued));
    assertThat(there.on(small::fullBecause)).isEmpty();
  }

  @Test
  void removalsThatTheStoreDoesNotTakeCountAsWell() throws Exception {
    JobRecords small =
        there.on(
            () -> new JobRecords(there.vertx(), store.store(), new UnsavedStates.Bounds(2, 1000)));
    store.fail("remove", "putValue");
    there.run(() -> small.forget(JobId.random()));
    assertThat(there.on(small::fullBecause)).isEmpty();

    there.run(() -> small.forget(JobId.random()));
    assertThat(there.on(small::fullBecause)).isPresent();
  }
}
