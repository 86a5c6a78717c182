package io.orrery.store;

import io.orrery.job.JobId;
import io.orrery.job.JobState;
import io.vertx.core.buffer.Buffer;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Builds jobs for tests: a queued one of its own second, unless told otherwise. */
final class TestJob {
  private final long sequence;
  private JobId id = JobId.random();
  private String owner = "owner";
  private JobState.Name state = JobState.Name.QUEUED;
  private String worker = "";
  private Instant created;
  private @Nullable Instant ended;
  private final Map<String, String> labels = new HashMap<>();
  private Buffer body = Buffer.buffer("{\"command\":\"true\"}");

  private TestJob(long sequence) {
    this.sequence = sequence;
    this.created = Instant.ofEpochSecond(1_767_225_600L + sequence % 1_000_000);
  }

  static TestJob of(long sequence) {
    return new TestJob(sequence);
  }

  TestJob id(JobId value) {
    id = value;
    return this;
  }

  TestJob owner(String value) {
    owner = value;
    return this;
  }

  /** Terminal ones end a minute after they were created. */
  TestJob state(JobState.Name value) {
    state = value;
    return this;
  }

  TestJob state(JobState.Name value, Instant end) {
    state = value;
    ended = end;
    return this;
  }

  TestJob worker(String value) {
    worker = value;
    return this;
  }

  TestJob created(Instant value) {
    created = value;
    return this;
  }

  TestJob label(String name, String value) {
    labels.put(name, value);
    return this;
  }

  TestJob body(Buffer value) {
    body = value;
    return this;
  }

  StoredJob build() {
    Instant end = ended != null || !state.isTerminal() ? ended : created.plusSeconds(60);
    return new StoredJob(id, sequence, owner, state, worker, 3, created, end, labels, body);
  }
}
