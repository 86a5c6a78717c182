package io.orrery.store;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.orrery.job.ApiException;
import io.orrery.job.JobFilter;
import io.orrery.job.JobId;
import io.orrery.job.JobPosition;
import io.orrery.job.JobState;
import io.orrery.job.Reason;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What every store does; each has a test class that runs all of this. */
interface JobStoreContract {
  JobStore store();

  Vertx vertx();

  @Test
  default void aJobComesBackAsItWasPut() throws Exception {
    StoredJob running = TestJob.of(7).state(JobState.Name.RUNNING).worker("w 1/ü").build();
    StoredJob ended =
        TestJob.of(8)
            .state(JobState.Name.LOST)
            .created(Instant.parse("2026-01-02T03:04:05.123456789Z"))
            .label("a=b", "\u0000\"x")
            .body(Buffer.buffer(new byte[] {0, -1, 13, 10, 0}))
            .build();
    put(running, ended);

    assertThat(get(running.id())).contains(running);
    assertThat(get(ended.id())).contains(ended);
    assertThat(get(JobId.random())).isEmpty();
  }

  @Test
  default void aPutReplacesTheJobEverywhere() throws Exception {
    StoredJob before = TestJob.of(1).owner("ann").worker("w1").label("k", "old").build();
    StoredJob after =
        TestJob.of(2)
            .id(before.id())
            .owner("bob")
            .worker("w2")
            .label("k", "new")
            .state(JobState.Name.SUCCEEDED)
            .created(before.createTime().plusSeconds(9))
            .build();
    put(before);
    put(after);

    assertThat(get(before.id())).contains(after);
    assertThat(unfinished()).isEmpty();
    for (TestFilter gone :
        List.of(
            TestFilter.all().owner("ann"),
            TestFilter.all().worker("w1"),
            TestFilter.all().label("k", "old"),
            TestFilter.all().state(JobState.Name.QUEUED))) {
      assertThat(list(gone.build())).as(gone.toString()).isEmpty();
    }
    for (TestFilter there :
        List.of(
            TestFilter.all(),
            TestFilter.all().owner("bob"),
            TestFilter.all().worker("w2"),
            TestFilter.all().label("k", "new"),
            TestFilter.all().prefix(before.id().value()),
            TestFilter.all().state(JobState.Name.SUCCEEDED))) {
      assertThat(list(there.build())).as(there.toString()).containsExactly(after);
    }
  }

  @Test
  default void anInsertLeavesTheJobThatIsThere() throws Exception {
    StoredJob first = TestJob.of(1).build();
    StoredJob second = TestJob.of(2).id(first.id()).label("k", "v").build();

    assertThat(await(store().insert(first))).isTrue();
    assertThat(await(store().insert(second))).isFalse();
    assertThat(await(store().insert(first))).isFalse();

    assertThat(get(first.id())).contains(first);
    assertThat(list(TestFilter.all().label("k", "v").build())).isEmpty();
  }

  @Test
  default void ofManyInsertsOfOneIdOneIsTaken() throws Exception {
    JobId id = JobId.random();
    List<Future<Boolean>> inserts = new ArrayList<>();
    for (int i = 0; i < 50; i++) {
      inserts.add(store().insert(TestJob.of(i).id(id).build()));
    }
    await(Future.all(inserts));

    assertThat(inserts).filteredOn(Future::result).hasSize(1);
  }

  @Test
  default void removedJobsAreGoneEverywhere() throws Exception {
    StoredJob one = TestJob.of(1).label("k", "v").worker("w").build();
    StoredJob two = TestJob.of(2).state(JobState.Name.FAILED).label("k", "v").build();
    StoredJob kept = TestJob.of(3).label("k", "v").worker("w").build();
    put(one, two, kept);

    await(store().remove(List.of(one.id(), two.id(), JobId.random())));

    assertThat(get(one.id())).isEmpty();
    assertThat(unfinished()).containsExactly(kept);
    assertThat(list(TestFilter.all().build())).containsExactly(kept);
    assertThat(list(TestFilter.all().label("k", "v").build())).containsExactly(kept);
    assertThat(list(TestFilter.all().worker("w").build())).containsExactly(kept);
    assertThat(await(store().prune(Instant.MAX, 0))).isZero();
  }

  @Test
  default void theIdsOfAllJobsComeInTheirOrderInPages() throws Exception {
    List<String> ids = new ArrayList<>();
    for (int i = 0; i < 7; i++) {
      StoredJob job = TestJob.of(i).build();
      put(job);
      ids.add(job.id().value());
    }
    Collections.sort(ids);
    List<String> read = new ArrayList<>();
    List<JobId> page = await(store().ids("", 3));
    while (!page.isEmpty()) {
      assertThat(page).hasSizeLessThanOrEqualTo(3);
      page.forEach(id -> read.add(id.value()));
      page = await(store().ids(page.getLast().value(), 3));
    }

    assertThat(read).isEqualTo(ids);
  }

  /** Jobs that were started at their workers have their times from there. */
  @Test
  default void unfinishedJobsOfOneSequenceAreAllOnTheirPages() throws Exception {
    List<StoredJob> jobs = new ArrayList<>();
    for (int i = 0; i < 8; i++) {
      jobs.add(TestJob.of(7).build());
      put(jobs.getLast());
    }
    List<StoredJob> read = new ArrayList<>();
    List<StoredJob> page = await(store().unfinished(-1, "", 3));
    while (!page.isEmpty()) {
      read.addAll(page);
      page = await(store().unfinished(page.getLast().sequence(), page.getLast().id().value(), 3));
    }

    assertThat(read)
        .containsExactlyInAnyOrderElementsOf(jobs)
        .isSortedAccordingTo(Comparator.comparing(StoredJob::id));
  }

  @Test
  default void unfinishedJobsComeInOrderOfTheirSequenceInPages() throws Exception {
    List<StoredJob> all = new ArrayList<>();
    for (long sequence : new long[] {0, 1, 9, 10, 255, 256, 1L << 40, Long.MAX_VALUE}) {
      all.add(TestJob.of(sequence).build());
    }
    List<StoredJob> shuffled = new ArrayList<>(all);
    Collections.shuffle(shuffled, new Random(1));
    put(shuffled);
    put(TestJob.of(5).state(JobState.Name.STOPPED).build());

    List<StoredJob> found = new ArrayList<>();
    long after = -1;
    List<StoredJob> page = await(store().unfinished(after, "", 3));
    while (!page.isEmpty()) {
      assertThat(page).hasSizeLessThanOrEqualTo(3);
      found.addAll(page);
      page = await(store().unfinished(page.getLast().sequence(), page.getLast().id().value(), 3));
    }

    assertThat(found).containsExactlyElementsOf(all);
  }

  @Test
  default void aListIsInTheOrderOfPositionsAndGoesOnAfterEach() throws Exception {
    List<StoredJob> all = new ArrayList<>();
    Instant time = Instant.parse("2026-01-01T00:00:00Z");
    for (int i = 0; i < 40; i++) {
      // Groups of four of one time, nanoseconds apart.
      all.add(TestJob.of(i).created(time.plusNanos(i / 4)).build());
    }
    put(all);
    all.sort((a, b) -> a.position().compareTo(b.position()));

    for (int size : new int[] {1, 3, 40, 100}) {
      List<StoredJob> found = new ArrayList<>();
      Optional<JobPosition> after = Optional.empty();
      List<StoredJob> page = await(store().list(TestFilter.all().build(), after, size));
      while (!page.isEmpty()) {
        assertThat(page).hasSizeLessThanOrEqualTo(size);
        found.addAll(page);
        after = Optional.of(page.getLast().position());
        page = await(store().list(TestFilter.all().build(), after, size));
      }
      assertThat(found).as("pages of " + size).containsExactlyElementsOf(all);
    }
  }

  @Test
  default void everyFilterShowsWhatMatchesIt() throws Exception {
    Random random = new Random(4711);
    Instant time = Instant.parse("2026-01-01T00:00:00Z");
    List<StoredJob> all = new ArrayList<>();
    for (int i = 0; i < 600; i++) {
      all.add(
          TestJob.of(i)
              .owner("owner" + random.nextInt(4))
              .worker(random.nextInt(3) == 0 ? "" : "w" + random.nextInt(3))
              .state(JobState.Name.values()[random.nextInt(9)])
              .label("tier", "t" + random.nextInt(5))
              .label("zone", random.nextInt(50) == 0 ? "rare" : "usual")
              .created(time.plusSeconds(random.nextInt(300)))
              .build());
    }
    put(all);
    all.sort((a, b) -> a.position().compareTo(b.position()));
    Instant from = time.plusSeconds(50);
    Instant to = time.plusSeconds(200);

    for (TestFilter filter :
        List.of(
            TestFilter.all().owner("owner1"),
            TestFilter.all().owner("nobody"),
            TestFilter.all().worker("w2").owner("owner0"),
            TestFilter.all().state(JobState.Name.FAILED),
            TestFilter.all().state(JobState.Name.QUEUED).state(JobState.Name.LOST),
            TestFilter.all().state(JobState.Name.RUNNING).owner("owner3").worker("w0"),
            TestFilter.all().label("tier", "t1").label("zone", "rare"),
            TestFilter.all().label("zone", "rare").state(JobState.Name.STOPPED),
            TestFilter.all().label("tier", "none"),
            TestFilter.all().prefix(all.get(5).id().value().substring(0, 1)),
            TestFilter.all().prefix(all.get(5).id().value().substring(0, 3)),
            TestFilter.all().prefix(all.get(5).id().value()).owner("owner1"),
            TestFilter.all().prefix("zz"),
            TestFilter.all().prefix("abc_"),
            TestFilter.all().window(from, to),
            TestFilter.all().window(from, to).owner("owner2"),
            TestFilter.all().window(null, to),
            TestFilter.all().window(from, null).state(JobState.Name.LOST),
            TestFilter.all().window(Instant.MIN, Instant.MAX),
            TestFilter.all().window(to, from))) {
      JobFilter asked = filter.build();
      List<StoredJob> expected = all.stream().filter(job -> job.matches(asked)).toList();
      List<StoredJob> found = new ArrayList<>();
      List<StoredJob> page = await(store().list(asked, Optional.empty(), 7));
      while (!page.isEmpty()) {
        found.addAll(page);
        page = await(store().list(asked, Optional.of(page.getLast().position()), 7));
      }
      assertThat(found).as(filter.toString()).containsExactlyElementsOf(expected);
    }
  }

  @Test
  default void aPageOfLargeJobsEndsEarlyButNeverBeforeTheFirst() throws Exception {
    Buffer large = Buffer.buffer(new byte[7 << 20]);
    List<StoredJob> all =
        Stream.of(1, 2, 3, 4).map(i -> TestJob.of(i).body(large).build()).toList();
    put(all);

    assertThat(await(store().unfinished(-1, "", 10))).hasSizeBetween(1, 3);
    assertThat(list(TestFilter.all().build())).hasSizeBetween(1, 3);
    assertThat(list(TestFilter.all().owner("nobody").build())).isEmpty();
    StoredJob oldest = all.getFirst();
    assertThat(list(TestFilter.all().prefix(oldest.id().value()).build())).containsExactly(oldest);
  }

  @Test
  default void aPruneRemovesTheOldEndedJobsAndThoseBeyondTheNumber() throws Exception {
    Instant time = Instant.parse("2026-01-01T00:00:00Z");
    List<StoredJob> ended = new ArrayList<>();
    for (int i = 0; i < 700; i++) {
      ended.add(
          TestJob.of(i)
              .created(time)
              .state(JobState.Name.SUCCEEDED, time.plusSeconds(i))
              .label("n", "" + i % 3)
              .build());
    }
    StoredJob unfinished = TestJob.of(1000).created(time.minusSeconds(99)).build();
    put(ended);
    put(unfinished);

    assertThat(await(store().prune(time.plusSeconds(450), 1000))).isEqualTo(450);
    assertThat(await(store().prune(time, 0))).isEqualTo(250);
    put(ended);
    assertThat(await(store().prune(time.plusSeconds(10), 5))).isEqualTo(695);
    assertThat(await(store().prune(time, 5))).isZero();

    List<StoredJob> kept = list(TestFilter.all().build());
    assertThat(kept)
        .containsExactlyInAnyOrderElementsOf(
            Stream.concat(ended.subList(695, 700).stream(), Stream.of(unfinished)).toList());
  }

  @Test
  default void valuesAreKeptByName() throws Exception {
    Buffer bytes = Buffer.buffer(new byte[] {0, -1, 10});
    await(store().putValue("worker/a", Buffer.buffer("1")));
    await(store().putValue("worker/a", bytes));
    await(store().putValue("worker/b%", Buffer.buffer("2")));
    await(store().putValue("worker", Buffer.buffer()));
    await(store().putValue("other", Buffer.buffer("3")));

    assertThat(await(store().value("worker/a"))).contains(bytes);
    assertThat(await(store().value("worker/"))).isEmpty();
    assertThat(await(store().values("worker/")))
        .isEqualTo(Map.of("worker/a", bytes, "worker/b%", Buffer.buffer("2")));
    assertThat(await(store().values(""))).hasSize(4);
    await(store().removeValue("worker/a"));
    await(store().removeValue("worker/a"));
    assertThat(await(store().value("worker/a"))).isEmpty();
    assertThat(await(store().value("worker"))).contains(Buffer.buffer());
  }

  @Test
  default void aFutureCompletesOnTheContextThatAsked() throws Exception {
    StoredJob job = TestJob.of(1).build();
    for (int i = 0; i < 3; i++) {
      Context caller = vertx().getOrCreateContext();
      Promise<Context> put = Promise.promise();
      Promise<Context> got = Promise.promise();
      Promise<Context> listed = Promise.promise();
      caller.runOnContext(
          _ -> {
            store().put(job).onComplete(_ -> put.complete(Vertx.currentContext()));
            store().get(job.id()).onComplete(_ -> got.complete(Vertx.currentContext()));
            store()
                .list(TestFilter.all().owner("x").worker("y").build(), Optional.empty(), 1)
                .onComplete(_ -> listed.complete(Vertx.currentContext()));
          });
      assertThat(await(put.future())).isSameAs(caller);
      assertThat(await(got.future())).isSameAs(caller);
      assertThat(await(listed.future())).isSameAs(caller);
    }
  }

  @Test
  default void aClosedStoreRefusesEverything() throws Exception {
    await(store().close());

    for (Future<?> call :
        List.of(
            store().put(TestJob.of(1).build()),
            store().get(JobId.random()),
            store().unfinished(-1, "", 1),
            store().list(TestFilter.all().build(), Optional.empty(), 1),
            store().values(""))) {
      assertThatThrownBy(() -> await(call))
          .isInstanceOfSatisfying(
              ApiException.class, e -> assertThat(e.reason()).isEqualTo(Reason.STORE_UNAVAILABLE));
    }
    await(store().close());
  }

  private void put(StoredJob... jobs) throws Exception {
    put(List.of(jobs));
  }

  private void put(List<StoredJob> jobs) throws Exception {
    await(Future.all(jobs.stream().map(store()::put).toList()));
  }

  private Optional<StoredJob> get(JobId id) throws Exception {
    return await(store().get(id));
  }

  private List<StoredJob> unfinished() throws Exception {
    return await(store().unfinished(-1, "", 100));
  }

  private List<StoredJob> list(JobFilter filter) throws Exception {
    return await(store().list(filter, Optional.empty(), 1000));
  }

  static <T> T await(Future<T> future) throws Exception {
    return future.await(20, SECONDS);
  }
}
