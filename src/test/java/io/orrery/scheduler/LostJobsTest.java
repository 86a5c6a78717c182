package io.orrery.scheduler;

import static org.assertj.core.api.Assertions.assertThat;

import io.orrery.job.JobId;
import io.orrery.v1.Job;
import io.orrery.v1.JobSpec;
import io.orrery.v1.JobState;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Jobs that are lost before their worker has told of them, or while the store fails. */
class LostJobsTest {
  @TempDir Path home;
  private final JobId id = JobId.random();
  private final List<Integer> again = new ArrayList<>();
  private final JobIndex index = new JobIndex(new MessageBudget(MessageBudget.MOST_BYTES));
  private StoreAndContext there;
  private FailingStore store;
  private JobRecords records;
  private LostJobs lost;

  @BeforeEach
  void open() throws Exception {
    there = new StoreAndContext(home);
    store = new FailingStore(there.store());
    records = there.on(() -> new JobRecords(there.vertx(), store.store()));
    lost =
        new LostJobs(
            new JobQueue.Parts(index, new Rooms(), records),
            (record, attempt) -> {
              assertThat(record.getSpec().getCommand()).isEqualTo("run-me");
              again.add(attempt);
            });
  }

  @AfterEach
  void close() throws Exception {
    there.close();
  }

  private Job save(int maxAttempts) throws Exception {
    Job starting =
        Job.newBuilder()
            .setJobId(id.value())
            .setState(JobState.JOB_STATE_STARTING)
            .setAttempt(1)
            .setWorkerId("w")
            .setSpec(JobSpec.newBuilder().setCommand("run-me").setMaxAttempts(maxAttempts))
            .build();
    there.later(() -> records.save(starting));
    return starting;
  }

  /** Its worker has not said that it has it, so that there is no message of it. */
  private void lose(Job starting) throws Exception {
    lose(starting, io.orrery.job.JobState.Name.RUNNING);
  }

  private void lose(Job starting, io.orrery.job.JobState.Name before) throws Exception {
    there.run(
        () -> {
          JobIndex.Entry entry = IndexedJobs.ordered(starting);
          index.put(entry);
          index.giveUp(entry, IndexedJobs.lost(entry, "w1", "it is gone", Instant.EPOCH));
          lost.add(index.get(id).orElseThrow(), before);
        });
  }

  @Test
  void oneThatMayRunAgainDoesAlsoWhereItsWorkerNeverSpokeOfIt() throws Exception {
    lose(save(2));

    there.await(() -> again.equals(List.of(2)));
  }

  @Test
  void oneThatWasBeingStoppedIsNotRunAgain() throws Exception {
    lose(save(2), io.orrery.job.JobState.Name.STOPPING);

    awaitLost();
    assertThat(again).isEmpty();
  }

  @Test
  void manyThatAreLostAtOnceWhileTheStoreFailsAreAllDecided() throws Exception {
    Job one = save(2);
    store.fail("get", "put", "putValue");
    List<JobId> ids = Stream.generate(JobId::random).limit(20_000).toList();
    there.run(
        () -> {
          for (JobId each : ids) {
            Job job = one.toBuilder().setJobId(each.value()).build();
            records.note(job);
            lost.add(IndexedJobs.ordered(job), null);
          }
        });
    there.await(records::isAway);

    store.heal();
    there.await(() -> !records.isAway());
    there.run(lost::tick);
    there.await(() -> again.size() == ids.size());
  }

  @Test
  void theRecordOfOneThatMayNotKeepsWhatWasAsked() throws Exception {
    lose(save(1));

    Job recorded = awaitLost();
    assertThat(recorded.getSpec().getCommand()).isEqualTo("run-me");
    assertThat(recorded.getEnd().getMessage()).isEqualTo("it is gone");
    assertThat(again).isEmpty();
  }

  private Job awaitLost() throws Exception {
    JobRecords others = there.on(() -> new JobRecords(there.vertx(), there.store()));
    Job recorded = there.later(() -> others.get(id)).orElseThrow();
    while (recorded.getState() != JobState.JOB_STATE_LOST) {
      recorded = there.later(() -> others.get(id)).orElseThrow();
    }
    return recorded;
  }

  @Test
  void whileTheStoreFailsNothingIsDecidedAndAfterItAllIs() throws Exception {
    Job starting = save(2);
    store.fail("get", "put", "putValue");
    lose(starting);
    there.await(records::isAway);
    there.run(lost::tick);
    assertThat(there.on(() -> List.copyOf(again))).isEmpty();

    store.heal();
    there.await(() -> !records.isAway());
    there.run(lost::tick);
    there.await(() -> again.equals(List.of(2)));
  }
}
