package io.orrery.scheduler;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;

import io.orrery.config.SchedulerOptions;
import io.orrery.job.JobId;
import io.orrery.store.JobStore;
import io.orrery.store.JobStores;
import io.orrery.v1.Job;
import io.orrery.v1.JobState;
import io.vertx.core.Context;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonObject;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** On a real store, and the context of a scheduler. */
class RecordedIdsTest {
  @TempDir Path home;
  private final Vertx vertx = Vertx.vertx();
  private final Context context = vertx.getOrCreateContext();
  private JobStore store;
  private RecordedIds ids;

  @BeforeEach
  void open() throws Exception {
    JsonObject options =
        new JsonObject().put("store", new JsonObject().put("path", home.resolve("s").toString()));
    store = JobStores.open(vertx, SchedulerOptions.parse(options, home).store()).await(30, SECONDS);
    ids = new RecordedIds(vertx, store);
  }

  @AfterEach
  void close() throws Exception {
    store.close().await(30, SECONDS);
    vertx.close().await(30, SECONDS);
  }

  private <T> T there(Callable<T> call) throws Exception {
    Promise<T> done = Promise.promise();
    context.runOnContext(
        _ -> {
          try {
            done.complete(call.call());
          } catch (Exception e) {
            done.fail(e);
          }
        });
    return done.future().await(30, SECONDS);
  }

  private boolean mayHave(JobId id) throws Exception {
    return there(() -> ids.mayHave(id));
  }

  private void awaitKnown() throws Exception {
    long end = System.nanoTime() + SECONDS.toNanos(30);
    while (mayHave(JobId.random())) {
      assertThat(System.nanoTime()).isLessThan(end);
      Thread.sleep(5);
    }
  }

  @Test
  void beforeTheIdsAreReadTheStoreMayHaveAny() throws Exception {
    assertThat(mayHave(JobId.random())).isTrue();

    there(
        () -> {
          ids.learn();
          return true;
        });
    awaitKnown();
  }

  @Test
  void whatIsInTheStoreIsKnownWithoutIt() throws Exception {
    List<JobId> stored = Stream.generate(JobId::random).limit(4_500).toList();
    JobRecords records = there(() -> new JobRecords(vertx, store));
    for (JobId id : stored) {
      Job job = Job.newBuilder().setJobId(id.value()).setState(JobState.JOB_STATE_QUEUED).build();
      there(
          () -> {
            records.note(job);
            return true;
          });
    }
    while (there(records::unsaved) > 0) {
      Thread.sleep(5);
    }
    there(
        () -> {
          ids.learn();
          return true;
        });
    awaitKnown();

    for (JobId id : stored) {
      assertThat(mayHave(id)).isTrue();
    }
  }

  @Test
  void manyIdsAreKnownAndFewOthersAreTakenForThem() throws Exception {
    there(
        () -> {
          ids.learn();
          return true;
        });
    awaitKnown();
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
