package io.orrery.scheduler;

import static org.assertj.core.api.Assertions.assertThat;

import io.orrery.config.HostPort;
import io.orrery.job.ApiException;
import io.orrery.job.JobId;
import io.orrery.job.Reason;
import io.orrery.v1.Job;
import io.orrery.v1.JobSpec;
import io.orrery.v1.JobState;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class OpenOrdersTest {
  private final AtomicLong nanos = new AtomicLong();
  private final Registry registry =
      new Registry(
          new LeaseClock(Duration.ofSeconds(10), nanos::get),
          InstantSource.fixed(Instant.EPOCH.plusSeconds(1)));
  private final JobIndex index = new JobIndex(new MessageBudget(1000));
  private final OpenOrders orders = new OpenOrders(registry, index, nanos::get);
  private final List<JobId> asked = new ArrayList<>();
  private final String worker = WorkerIds.forName("w1");

  private Job starting(JobId id, int attempt) {
    return Job.newBuilder()
        .setJobId(id.value())
        .setState(JobState.JOB_STATE_STARTING)
        .setWorkerId(worker)
        .setAttempt(attempt)
        .setSpec(JobSpec.newBuilder().setCommand("true"))
        .build();
  }

  private OpenOrders.Order open(JobId id) {
    Job job = starting(id, 1);
    index.put(IndexedJobs.ordered(job));
    return orders.open(Waiting.of(job), job);
  }

  private void doubt(JobId id) {
    Job job = starting(id, 1);
    index.put(IndexedJobs.ordered(job));
    orders.doubt(Waiting.of(job), job);
  }

  private void arrive() {
    WorkerProfile profile =
        new WorkerProfile(
            "w1",
            new HostPort("127.0.0.1", 1),
            Map.of(),
            new WorkerProfile.Capacity(1, 1, 1, List.of()),
            "1");
    registry.dialled(registry.register(new Arrival("", "run", new Host("h", "b"), profile), 0), "");
  }

  private void tick() {
    orders.tick((_, order) -> asked.add(order.job().id()));
  }

  @Test
  void oneThatMayHaveArrivedIsAskedForAgainOnceItsWorkerHasSpoken() {
    JobId id = JobId.random();
    doubt(id);
    tick();
    assertThat(asked).isEmpty();

    arrive();
    tick();
    tick();
    assertThat(asked).containsExactly(id);
  }

  @Test
  void withoutAnAnswerItIsAskedForLessAndLessOften() {
    arrive();
    OpenOrders.Order order = open(JobId.random());
    order.goesOut();
    int looks = 0;
    for (int second = 0; second < 300; second++) {
      nanos.addAndGet(Duration.ofSeconds(1).toNanos());
      if (second == 0 || asked.size() > looks) {
        looks = asked.size();
        orders.unanswered(order);
      }
      tick();
    }
    assertThat(asked).hasSizeBetween(8, 20);
  }

  @Test
  void notAllAreAskedForAtOneTime() {
    arrive();
    for (int i = 0; i < 1_000; i++) {
      doubt(JobId.random());
    }
    tick();
    tick();
    assertThat(asked).hasSize(200);
  }

  @Test
  void oneIsNotWantedAnyMoreWhenItsWorkerHasToldOfItOrAnotherAttemptHasItsPlace() {
    JobId told = JobId.random();
    OpenOrders.Order first = open(told);
    assertThat(orders.isWanted(first)).isTrue();
    index.put(IndexedJobs.answered(worker, starting(told, 1)));
    assertThat(orders.isWanted(first)).isFalse();

    JobId newer = JobId.random();
    OpenOrders.Order second = open(newer);
    index.put(IndexedJobs.ordered(starting(newer, 2)));
    assertThat(orders.isWanted(second)).isFalse();
  }

  /** What is said before the worker has looked for the job says nothing of the order before. */
  @ParameterizedTest
  @CsvSource({
    "WORKER_IDENTITY, true, false",
    "STARTING, true, false",
    "DRAINING, true, false",
    "SCRIPT_NOT_FOUND, true, true",
    "STALE_ATTEMPT, true, true",
    "WORKER_UNREACHABLE, false, false"
  })
  void aRefusalAfterAnOrderInDoubtCountsOnlyWhereTheWorkerHasLooked(
      Reason reason, boolean atFirst, boolean inDoubt) {
    OpenOrders.Order order = open(JobId.random());
    ApiException refusal = new ApiException(reason, "no");
    assertThat(OpenOrders.isRefusal(order, refusal)).isEqualTo(atFirst);

    orders.unanswered(order);
    assertThat(OpenOrders.isRefusal(order, refusal)).isEqualTo(inDoubt);
  }

  @Test
  void aWorkerThatTakesNoJobsHasLooked() {
    OpenOrders.Order order = open(JobId.random());
    orders.unanswered(order);

    assertThat(
            OpenOrders.isRefusal(
                order, new ApiException(Reason.DRAINING, "no", Map.of("not_started", "true"))))
        .isTrue();
  }
}
