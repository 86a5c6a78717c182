package io.orrery.store;

import io.orrery.job.JobFilter;
import io.orrery.job.JobState;
import java.time.Instant;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Builds filters for tests. */
final class TestFilter {
  private final Set<JobState.Name> states = EnumSet.noneOf(JobState.Name.class);
  private final Map<String, String> labels = new HashMap<>();
  private String owner = "";
  private String worker = "";
  private String prefix = "";
  private @Nullable Instant from;
  private @Nullable Instant to;

  static TestFilter all() {
    return new TestFilter();
  }

  TestFilter state(JobState.Name state) {
    states.add(state);
    return this;
  }

  TestFilter owner(String value) {
    owner = value;
    return this;
  }

  TestFilter worker(String value) {
    worker = value;
    return this;
  }

  TestFilter label(String name, String value) {
    labels.put(name, value);
    return this;
  }

  TestFilter prefix(String value) {
    prefix = value;
    return this;
  }

  TestFilter window(@Nullable Instant after, @Nullable Instant before) {
    from = after;
    to = before;
    return this;
  }

  JobFilter build() {
    return new JobFilter(states, worker, owner, labels, from, to, prefix);
  }

  @Override
  public String toString() {
    return build().toString();
  }
}
