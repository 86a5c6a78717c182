package io.orrery.scheduler;

import static org.assertj.core.api.Assertions.assertThat;

import io.orrery.job.JobId;
import io.orrery.v1.Job;
import io.orrery.v1.JobState;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RecordedIdsTest {
  @TempDir Path home;
  private StoreAndContext there;
  private FailingStore store;
  private RecordedIds ids;

  @BeforeEach
  void open() throws Exception {
    there = new StoreAndContext(home);
    store = new FailingStore(there.store());
    ids = new RecordedIds(there.vertx(), store.store());
  }

  @AfterEach
  void close() throws Exception {
    there.close();
  }

  private boolean mayHave(JobId id) throws Exception {
    return there.on(() -> ids.mayHave(id));
  }

  private void learn() throws Exception {
    there.run(ids::learn);
    there.await(() -> !ids.mayHave(JobId.random()));
  }

  @Test
  void beforeTheIdsAreReadTheStoreMayHaveAny() throws Exception {
    assertThat(mayHave(JobId.random())).isTrue();

    store.fail("ids");
    there.run(ids::learn);
    assertThat(mayHave(JobId.random())).isTrue();

    store.heal();
    learn();
  }

  @Test
  void whatIsInTheStoreIsKnownWithoutIt() throws Exception {
    List<JobId> stored = Stream.generate(JobId::random).limit(4_500).toList();
    JobRecords records = there.on(() -> new JobRecords(there.vertx(), there.store()));
    for (JobId id : stored) {
      Job job = Job.newBuilder().setJobId(id.value()).setState(JobState.JOB_STATE_QUEUED).build();
      there.run(() -> records.note(job));
    }
    there.await(() -> records.unsaved() == 0);
    learn();

    for (JobId id : stored) {
      assertThat(mayHave(id)).isTrue();
    }
  }

  @Test
  void manyIdsAreKnownAndFewOthersAreTakenForThem() throws Exception {
    learn();
    List<JobId> added = new ArrayList<>();
    for (int i = 0; i < 600_000; i++) {
      JobId id = JobId.random();
      ids.add(id);
      if (i % 1_000 == 0) {
        added.add(id);
      }
    }

    assertThat(added).allMatch(ids::mayHave);
    assertThat(Stream.generate(JobId::random).limit(20_000).filter(ids::mayHave).count())
        .isLessThan(50);
  }
}
