package io.orrery.worker;

import static org.assertj.core.api.Assertions.assertThat;

import io.orrery.job.JobId;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class ChangedJobsTest {
  private final ChangedJobs changed = new ChangedJobs();

  @Test
  void tellsInPartsThoseFirstThatHaveWaitedLongest() {
    List<JobId> ids = Stream.generate(JobId::random).limit(5).toList();
    ids.forEach(changed::add);
    changed.add(ids.get(0));

    List<JobId> told = new ArrayList<>();
    while (!changed.isEmpty()) {
      Map<JobId, Long> part = changed.snapshot(2);
      assertThat(part).hasSizeBetween(1, 2);
      told.addAll(part.keySet());
      changed.remove(part);
    }

    assertThat(told).containsExactly(ids.get(1), ids.get(2), ids.get(3), ids.get(4), ids.get(0));
  }

  @Test
  void aJobThatChangesWhileItIsToldStays() {
    JobId id = JobId.random();
    changed.add(id);
    Map<JobId, Long> told = changed.snapshot(10);
    changed.add(id);
    changed.remove(told);

    assertThat(changed.snapshot()).containsOnlyKeys(id);
  }
}
