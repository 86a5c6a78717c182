package io.orrery.scheduler;

import static org.assertj.core.api.Assertions.assertThat;

import io.orrery.job.JobId;
import org.junit.jupiter.api.Test;

class JobIndexTest {
  private final JobIndex index = new JobIndex();
  private final JobId id = JobId.random();

  @Test
  void forgetsAJobThatWasRefusedButNotOneThatTheWorkerHas() {
    index.put(new JobIndex.Entry(id, "w", "me", false));
    index.refused(id);
    assertThat(index.get(id)).isEmpty();

    index.put(new JobIndex.Entry(id, "w", "me", true));
    index.refused(id);
    assertThat(index.get(id)).isPresent();
  }

  @Test
  void findsByPrefixAmongWhatTheCallerMaySee() {
    index.put(new JobIndex.Entry(id, "w", "me", true));

    assertThat(index.find(id.value().substring(0, 8), entry -> true).id()).isEqualTo(id);
  }
}
