package io.orrery.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class JobLookupTest {
  private static final JobMap<Job> JOBS = new JobMap<>(Job::id);

  private record Job(JobId id, String owner) {}

  static {
    put("aa11", "mine");
    put("aa22", "theirs");
    put("bb33", "mine");
    put("bb44", "mine");
  }

  private static void put(String start, String owner) {
    JOBS.put(new Job(new JobId(start + "0000-0000-4000-8000-000000000000"), owner));
  }

  private static String find(String text) {
    return JobLookup.unique(JOBS, text, job -> job.owner().equals("mine")).owner();
  }

  @Test
  void findsByPrefixInAnyCase() {
    assertThat(find("aa1")).isEqualTo("mine");
    assertThat(find("BB33")).isEqualTo("mine");
  }

  @Test
  void whatTheCallerMayNotSeeDoesNotMakeAnIdAmbiguous() {
    assertThat(find("a")).isEqualTo("mine");
  }

  @ParameterizedTest
  @CsvSource({"bb,JOB_AMBIGUOUS", "aa2,JOB_NOT_FOUND", "zz,JOB_NOT_FOUND", "'',INVALID_REQUEST"})
  void tellsWhyItFoundNoneOrSeveral(String text, Reason reason) {
    assertThatThrownBy(() -> find(text))
        .isInstanceOfSatisfying(
            ApiException.class, refusal -> assertThat(refusal.reason()).isEqualTo(reason));
  }
}
