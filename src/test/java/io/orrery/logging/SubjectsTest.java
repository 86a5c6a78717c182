package io.orrery.logging;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SubjectsTest {
  private static final String JOB = "6c1f8d0e-5b7a-4f0c-9d3e-2a1b0c9d8e7f";
  private static final String WORKER = "01234567-89ab-8def-8123-456789abcdef";

  @ParameterizedTest
  @ValueSource(strings = {"job %s is lost", "the end of job %s", "in=9 job=%s worker=-", "job %s:"})
  void namesTheJob(String line) {
    assertThat(Subjects.of(line.formatted(JOB))).isEqualTo(Map.of("job_id", JOB));
  }

  @Test
  void namesTheWorkerAndTheJob() {
    assertThat(Subjects.of("worker w-1 (" + WORKER + ") reports job " + JOB + " of another worker"))
        .isEqualTo(Map.of("job_id", JOB, "worker_name", "w-1", "worker_id", WORKER));
    assertThat(Subjects.of("registered with the scheduler as worker " + WORKER))
        .isEqualTo(Map.of("worker_id", WORKER));
    assertThat(Subjects.of("out=3 job=- worker=" + WORKER)).isEqualTo(Map.of("worker_id", WORKER));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "3 jobs run: waiting for them",
        "incident 6c1f8d0e-5b7a-4f0c-9d3e-2a1b0c9d8e7f in orrery.v1.Worker/StartJob",
        "job 6c1f8d0e-5b7a-4f0c-9d3e-2a1b0c9d8e7f00",
        "job=6c1f8d0e worker=-",
        "the worker is gone: (no answer)"
      })
  void namesNothingThatIsNotSaid(String line) {
    assertThat(Subjects.of(line)).isEmpty();
  }
}
