package io.orrery.scheduler;

import static org.assertj.core.api.Assertions.assertThat;

import io.orrery.config.HostPort;
import io.orrery.job.JobId;
import io.orrery.v1.EndCause;
import io.orrery.v1.Job;
import io.orrery.v1.JobEnd;
import io.orrery.v1.JobState;
import io.orrery.v1.JobSummary;
import io.orrery.v1.StopOrder;
import io.vertx.core.Vertx;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What becomes of jobs when workers come, go, and tell. */
class JobReportsTest {
  private static final Duration LEASE = Duration.ofSeconds(10);

  @TempDir private Path directory;
  private final Vertx vertx = Vertx.vertx();
  private final InstantSource clock = InstantSource.fixed(Instant.EPOCH);
  private final AtomicLong nanos = new AtomicLong();
  private final LeaseClock leases = new LeaseClock(LEASE, nanos::get);
  private final Registry registry = new Registry(leases, clock);
  private final JobIndex index = new JobIndex(new MessageBudget(MessageBudget.MOST_BYTES));
  private final JobId id = JobId.random();
  private Drains drains;
  private WorkerWishes wishes;
  private JobReports reports;
  private Node w1;
  private Node w2;

  @BeforeEach
  void open() {
    drains = new Drains(vertx, directory, nanos::get, Instant.EPOCH);
    wishes = new WorkerWishes(registry, index, drains);
    reports = new JobReports(registry, index, wishes, clock);
    w1 = arrive("w1", "run-1", "boot-1");
    w2 = arrive("w2", "run-1", "boot-1");
  }

  @AfterEach
  void close() throws Exception {
    vertx.close().await(10, TimeUnit.SECONDS);
  }

  private Node arrive(String name, String incarnation, String boot) {
    WorkerProfile profile =
        new WorkerProfile(
            name,
            new HostPort("127.0.0.1", 1),
            Map.of(),
            new WorkerProfile.Capacity(1, 1, 1, List.of()),
            "1");
    Node node = registry.register(new Arrival("", incarnation, new Host("host", boot), profile), 0);
    registry.dialled(node, "");
    return node;
  }

  private JobSummary.Builder summary(JobState state, int attempt) {
    return JobSummary.newBuilder()
        .setJobId(id.value())
        .setState(state)
        .setAttempt(attempt)
        .setOwner("me");
  }

  private void tell(Node node, JobState state, int attempt) {
    reports.changed(node, List.of(summary(state, attempt).build()));
  }

  private JobIndex.Entry now() {
    return index.get(id).orElseThrow();
  }

  private io.orrery.job.JobState.Name state() {
    return now().state();
  }

  private Job shown() {
    return IndexedJobs.message(now(), w1);
  }

  private void giveUp() {
    tell(w1, JobState.JOB_STATE_RUNNING, 1);
    reports.silent(w1, "silence");
  }

  @Test
  void aJobThatAReturningWorkerReportsGoesOn() {
    tell(w1, JobState.JOB_STATE_RUNNING, 1);
    Node again = arrive("w1", "run-2", "boot-1");

    reports.registered(again, List.of(summary(JobState.JOB_STATE_RUNNING, 1).build()));

    assertThat(state()).isEqualTo(io.orrery.job.JobState.Name.RUNNING);
    assertThat(wishes.of(again).getReportJobIdsList()).isEmpty();
  }

  @Test
  void aReturningWorkerIsAskedAboutTheJobsItDoesNotTellOfUntilItAnswers() {
    tell(w1, JobState.JOB_STATE_RUNNING, 1);
    Node again = arrive("w1", "run-2", "boot-1");
    reports.registered(again, List.of());

    assertThat(wishes.of(again).getReportJobIdsList()).containsExactly(id.value());
    assertThat(wishes.of(again).getReportJobIdsList()).containsExactly(id.value());
    assertThat(state()).isEqualTo(io.orrery.job.JobState.Name.RUNNING);

    reports.forgotten(again, List.of(id.value()));
    assertThat(state()).isEqualTo(io.orrery.job.JobState.Name.LOST);
    assertThat(shown().getEnd().getMessage()).contains("w1 came back and does not know the job");
    assertThat(wishes.of(again).getReportJobIdsList()).isEmpty();
  }

  @Test
  void aJobOfAnEarlierBootIsLostForThatReason() {
    tell(w1, JobState.JOB_STATE_RUNNING, 1);
    for (int i = 0; i < 5; i++) {
      nanos.addAndGet(leases.period().toNanos());
      registry.expire();
    }
    Node again = arrive("w1", "run-2", "boot-2");
    reports.registered(again, List.of());
    reports.forgotten(again, List.of(id.value()));

    assertThat(state()).isEqualTo(io.orrery.job.JobState.Name.LOST);
    assertThat(shown().getEnd().getMessage()).contains("rebooted");
    assertThat(shown().getEnd().getCause()).isEqualTo(EndCause.END_CAUSE_UNOBSERVED);
  }

  @Test
  void aJobThatIsOnItsWayToAWorkerIsNotAskedFor() {
    index.put(
        new JobIndex.Entry(
            id,
            w1.id(),
            "me",
            false,
            new JobIndex.Report(
                io.orrery.job.JobState.Name.STARTING,
                1,
                new JobIndex.Room(0, 0),
                Instant.EPOCH,
                null)));

    reports.registered(w1, List.of());

    assertThat(wishes.of(w1).getReportJobIdsList()).isEmpty();
  }

  @Test
  void anEndedJobThatAWorkerForgetsIsForgottenAndAnotherWorkerCannotDoThat() {
    tell(w1, JobState.JOB_STATE_SUCCEEDED, 1);
    reports.forgotten(w2, List.of(id.value()));
    assertThat(index.get(id)).isPresent();

    reports.forgotten(w1, List.of(id.value(), "no id"));
    assertThat(index.get(id)).isEmpty();
  }

  @Test
  void whatIsToldOfALostJobLaterStandsBesideItsState() {
    giveUp();
    tell(w1, JobState.JOB_STATE_RUNNING, 1);
    assertThat(state()).isEqualTo(io.orrery.job.JobState.Name.LOST);
    assertThat(shown().hasLateEnd()).isFalse();
    assertThat(wishes.of(w1).getStopsList()).isEmpty();

    JobEnd exit = JobEnd.newBuilder().setCause(EndCause.END_CAUSE_EXITED).setExitCode(3).build();
    reports.changed(
        w1,
        List.of(
            summary(JobState.JOB_STATE_FAILED, 1).setJob(Job.newBuilder().setEnd(exit)).build()));

    assertThat(state()).isEqualTo(io.orrery.job.JobState.Name.LOST);
    assertThat(shown().getState()).isEqualTo(JobState.JOB_STATE_LOST);
    assertThat(shown().getEnd().getMessage()).isEqualTo("silence");
    assertThat(shown().getLateEnd().getState()).isEqualTo(JobState.JOB_STATE_FAILED);
    assertThat(shown().getLateEnd().getEnd()).isEqualTo(exit);
  }

  @Test
  void anOldAttemptIsStoppedWhenANewerOneWasStartedElsewhere() {
    giveUp();
    tell(w2, JobState.JOB_STATE_RUNNING, 2);
    assertThat(now().workerId()).as("a worker cannot take a job").isEqualTo(w1.id());
    index.put(IndexedJobs.reported(w2.id(), summary(JobState.JOB_STATE_RUNNING, 2).build()));

    tell(w1, JobState.JOB_STATE_RUNNING, 1);

    assertThat(wishes.of(w1).getStopsList())
        .extracting(StopOrder::getJobId)
        .containsExactly(id.value());
    assertThat(wishes.of(w1).getStops(0).getAttempt()).isEqualTo(1);
    assertThat(wishes.of(w1).getStops(0).getReason()).contains("attempt 2");
    assertThat(now().workerId()).isEqualTo(w2.id());
    tell(w1, JobState.JOB_STATE_STOPPED, 1);
    assertThat(wishes.of(w1).getStopsList()).isEmpty();
  }

  @Test
  void theJobsOfADrainedWorkerAreStoppedWhenItsTimeIsOverAndNotBefore() throws Exception {
    tell(w1, JobState.JOB_STATE_RUNNING, 1);
    Drain drain = new Drain("new disk", "me", Instant.EPOCH, Instant.EPOCH.plusSeconds(1));
    drains.set("w1", drain, Duration.ofSeconds(1)).await(10, TimeUnit.SECONDS);
    registry.drain("w1", drain);
    assertThat(wishes.of(w1).getDraining()).isTrue();
    assertThat(wishes.of(w1).getDrainReason()).isEqualTo("new disk");
    assertThat(wishes.of(w1).getStopsList()).isEmpty();

    nanos.addAndGet(Duration.ofSeconds(1).toNanos());

    assertThat(wishes.of(w1).getStopsList()).hasSize(1);
    assertThat(wishes.of(w1).getStops(0).getReason()).contains("new disk");
    assertThat(wishes.of(w2).getDraining()).isFalse();
    tell(w1, JobState.JOB_STATE_STOPPED, 1);
    assertThat(wishes.of(w1).getStopsList()).isEmpty();
  }

  @Test
  void aJobThatMakesNoSenseIsKnownByItsSummaryAlone() {
    Job nonsense = Job.newBuilder().setEnd(JobEnd.getDefaultInstance()).build();

    reports.changed(w1, List.of(summary(JobState.JOB_STATE_FAILED, 1).setJob(nonsense).build()));

    assertThat(state()).isEqualTo(io.orrery.job.JobState.Name.FAILED);
    assertThat(now().report().message()).isNull();
    assertThat(shown().getEnd().getCause()).isEqualTo(EndCause.END_CAUSE_UNOBSERVED);
  }

  @Test
  void jobsOfAWorkerOfWhichNobodyKnowsAreLost() {
    tell(w1, JobState.JOB_STATE_RUNNING, 1);
    JobId other = JobId.random();
    index.put(
        IndexedJobs.reported(
            "nobody", summary(JobState.JOB_STATE_RUNNING, 1).setJobId(other.value()).build()));

    reports.unknown("nothing was heard");

    assertThat(index.get(id).orElseThrow().state()).isEqualTo(io.orrery.job.JobState.Name.RUNNING);
    JobIndex.Entry lost = index.get(other).orElseThrow();
    assertThat(lost.state()).isEqualTo(io.orrery.job.JobState.Name.LOST);
    assertThat(lost.report().message().getEnd().getMessage()).isEqualTo("nothing was heard");
  }

  /** A worker may come back without registering anew: then it says nothing by itself. */
  @Test
  void aWorkerIsAskedForWhatWasGivenUpWhileItWasAway() {
    tell(w1, JobState.JOB_STATE_RUNNING, 1);

    reports.silent(w1, "nothing was heard");
    assertThat(wishes.of(w1).getReportJobIdsList()).containsExactly(id.value());

    tell(w1, JobState.JOB_STATE_RUNNING, 1);
    assertThat(wishes.of(w1).getReportJobIdsList()).isEmpty();
  }
}
