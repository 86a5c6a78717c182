package io.orrery.rpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.orrery.job.ApiException;
import io.orrery.job.Completion;
import io.orrery.job.Job;
import io.orrery.job.JobEnd;
import io.orrery.job.JobId;
import io.orrery.job.JobState;
import io.orrery.job.OutputLoss;
import io.orrery.job.OutputRemoval;
import io.orrery.job.ResourceUse;
import io.orrery.job.StandardStream;
import io.orrery.v1.GapReason;
import io.orrery.v1.JobSummary;
import io.orrery.v1.StreamJobResponse;
import io.vertx.core.buffer.Buffer;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

final class JobMappingTest {
  private static final Instant TIME = Instant.parse("2026-11-24T01:02:03.123456789Z");
  private static final JobState.ProcessStart START = new JobState.ProcessStart(4711, TIME);
  private static final Completion COMPLETION =
      new Completion(
          START,
          TIME.plusSeconds(9),
          new ResourceUse(
              Duration.ofMillis(1500),
              Duration.ofNanos(7),
              1L << 40,
              new ResourceUse.Pressure(
                  Duration.ofMillis(1), Duration.ofMillis(2), Duration.ofMillis(3))));

  static Stream<JobState> states() {
    return Stream.of(
        new JobState.Queued(),
        new JobState.Starting(),
        new JobState.Running(START),
        new JobState.Stopping(START, List.of()),
        new JobState.Stopping(START, List.of(12, 13)),
        ended(JobState.Name.SUCCEEDED, new JobEnd.Exited(0)),
        ended(JobState.Name.FAILED, new JobEnd.Exited(255)),
        ended(JobState.Name.STOPPED, new JobEnd.Signalled(15, true)),
        ended(JobState.Name.TIMED_OUT, new JobEnd.Signalled(9, false)),
        ended(JobState.Name.FAILED, new JobEnd.OutOfMemory(null)),
        ended(JobState.Name.FAILED, new JobEnd.OutOfMemory(new JobEnd.Exited(3))),
        ended(JobState.Name.FAILED, new JobEnd.OutOfMemory(new JobEnd.Signalled(9, false))),
        ended(JobState.Name.FAILED, new JobEnd.OutputLimit()),
        ended(JobState.Name.LOST, new JobEnd.Unobserved("the host was gone")),
        new JobState.Ended(
            JobState.Name.FAILED,
            new JobEnd(new JobEnd.StartFailed("ENOENT", "no such file")),
            Completion.unused(null, TIME)));
  }

  private static JobState ended(JobState.Name name, JobEnd.Cause cause) {
    return new JobState.Ended(name, new JobEnd(cause, List.of(7, 8)), COMPLETION);
  }

  /** One that has ended is without its output. */
  private static Job job(JobState state) {
    Job job = withOutput(state).with(new OutputLoss("ENOSPC", TIME, TIME.plusSeconds(3), true));
    return state.isTerminal()
        ? job.without(new OutputRemoval(TIME.plusSeconds(99), OutputRemoval.Rule.BYTES))
        : job;
  }

  @ParameterizedTest
  @EnumSource
  void everyRuleOfARemovalComesBack(OutputRemoval.Rule rule) {
    OutputRemoval removal = new OutputRemoval(TIME, rule);
    assertThat(RemovalMapping.fromProto(RemovalMapping.toProto(removal))).isEqualTo(removal);
    assertThat(RemovalMapping.toProto(removal).getRule().name())
        .isEqualTo(
            "RETENTION_RULE_" + (rule == OutputRemoval.Rule.OTHER ? "UNSPECIFIED" : rule.name()));
  }

  private static Job withOutput(JobState state) {
    return new Job(
        JobId.random(),
        SpecMapping.fromProto(Filled.message(io.orrery.v1.JobSpec.getDefaultInstance())),
        "spiffe://orrery/operator/anna",
        new Job.Site("worker-id", "w1", 3),
        TIME.minusSeconds(1),
        state,
        new Job.StreamBytes(1L << 33, 5));
  }

  @ParameterizedTest
  @MethodSource("states")
  void aJobInEveryStateComesBack(JobState state) {
    Job job = job(state);
    assertThat(JobMapping.fromProto(JobMapping.toProto(job))).isEqualTo(job);
  }

  @Test
  void everyFieldOfTheMessageIsUsedByAJobInSomeState() {
    Set<String> used = new TreeSet<>();
    states().forEach(state -> used.addAll(Filled.setPaths(JobMapping.toProto(job(state)))));
    used.add("worker_unreachable_since"); // which the scheduler adds, as late_end
    Filled.paths(io.orrery.v1.Job.getDescriptor()).stream()
        .filter(path -> path.startsWith("late_end"))
        .forEach(used::add);
    assertThat(used).isEqualTo(Filled.paths(io.orrery.v1.Job.getDescriptor()));
  }

  @Test
  void aLossThatLastsEndsWithTheJob() {
    Job runs = withOutput(new JobState.Running(START)).with(OutputLoss.since(TIME));

    assertThat(JobMapping.fromProto(JobMapping.toProto(runs))).isEqualTo(runs);
    assertThat(runs.in(ended(JobState.Name.SUCCEEDED, new JobEnd.Exited(0))).outputLoss())
        .isEqualTo(new OutputLoss("ENOSPC", TIME, COMPLETION.endTime(), false));
  }

  @ParameterizedTest
  @EnumSource
  void everyNameOfAStateComesBack(JobState.Name name) {
    assertThat(StateMapping.toProto(name).name()).isEqualTo("JOB_STATE_" + name);
    assertThat(StateMapping.fromProto(StateMapping.toProto(name))).isEqualTo(name);
  }

  @Test
  void aJobThatMakesNoSenseIsRefused() {
    io.orrery.v1.Job good = JobMapping.toProto(job(new JobState.Queued()));
    assertThatThrownBy(() -> JobMapping.fromProto(good.toBuilder().clearState().build()))
        .isInstanceOf(ApiException.class);
    assertThatThrownBy(() -> JobMapping.fromProto(good.toBuilder().setJobId("x").build()))
        .isInstanceOf(ApiException.class);
    io.orrery.v1.Job ended =
        good.toBuilder().setState(io.orrery.v1.JobState.JOB_STATE_FAILED).build();
    assertThatThrownBy(() -> JobMapping.fromProto(ended)).isInstanceOf(ApiException.class);
  }

  private static JobState.Name later(io.orrery.v1.Job.Builder job) {
    return JobMapping.fromProto(job.setStateValue(99).build()).state().name();
  }

  @Test
  void aStateOfALaterVersionIsTakenForTheNearestOne() {
    io.orrery.v1.Job job = JobMapping.toProto(job(new JobState.Queued()));
    io.orrery.v1.Job started = JobMapping.toProto(job(new JobState.Running(START)));
    io.orrery.v1.Job.Builder ended =
        started.toBuilder()
            .setEndTime(started.getStartTime())
            .setEnd(io.orrery.v1.JobEnd.newBuilder().setCauseValue(99));

    assertThat(later(job.toBuilder())).isEqualTo(JobState.Name.STARTING);
    assertThat(later(started.toBuilder())).isEqualTo(JobState.Name.RUNNING);
    assertThat(later(ended)).isEqualTo(JobState.Name.FAILED);
    assertThat(StateMapping.of(JobSummary.newBuilder().setStateValue(99).build()))
        .isEqualTo(JobState.Name.RUNNING);
  }

  @Test
  void aSummaryHasWhatTheSchedulerNeeds() {
    Job job = job(new JobState.Running(START));
    assertThat(JobMapping.summary(job))
        .isEqualTo(
            JobSummary.newBuilder()
                .setJobId(job.id().value())
                .setAttempt(3)
                .setState(io.orrery.v1.JobState.JOB_STATE_RUNNING)
                .setOwner(job.owner())
                .setCpus(job.spec().limits().cpus())
                .setMemoryBytes(job.spec().limits().memoryBytes())
                .setCreateTime(Times.timestamp(job.createTime()))
                .build());
    assertThat(JobMapping.summary(job).getCpus()).isNotZero();
    assertThat(JobMapping.summary(job).getMemoryBytes()).isNotZero();
  }

  @Test
  void outputIsEncodedByteForByte() throws Exception {
    byte[] bytes = {0, -1, 10, -128};
    Buffer encoded =
        OutputMapping.chunk(StandardStream.STDERR, 1L << 40, TIME, Buffer.buffer(bytes));
    StreamJobResponse message = StreamJobResponse.parseFrom(encoded.getBytes());
    assertThat(message.getChunk().getData().toByteArray()).isEqualTo(bytes);
    assertThat(message.getChunk().getOffset()).isEqualTo(1L << 40);
    assertThat(message.getChunk().getStream())
        .isEqualTo(OutputMapping.toProto(StandardStream.STDERR));
    assertThat(Times.instant(message.getChunk().getTime())).isEqualTo(TIME);
  }

  @Test
  void theOtherMessagesOfAStreamAreWhatTheySay() throws Exception {
    Job job = job(new JobState.Queued());
    assertThat(parse(OutputMapping.job(job)).getJob()).isEqualTo(JobMapping.toProto(job));
    assertThat(parse(OutputMapping.finalJob(job)).getFinalJob()).isEqualTo(JobMapping.toProto(job));
    assertThat(Times.instant(parse(OutputMapping.heartbeat(TIME)).getHeartbeat().getTime()))
        .isEqualTo(TIME);
    var gap =
        parse(OutputMapping.gap(StandardStream.STDOUT, 5, 9, GapReason.GAP_REASON_LIMIT)).getGap();
    assertThat(gap.getFromOffset()).isEqualTo(5);
    assertThat(gap.getToOffset()).isEqualTo(9);
    assertThat(gap.getReason()).isEqualTo(GapReason.GAP_REASON_LIMIT);
  }

  private static StreamJobResponse parse(Buffer encoded) throws Exception {
    return StreamJobResponse.parseFrom(encoded.getBytes());
  }

  @ParameterizedTest
  @org.junit.jupiter.params.provider.ValueSource(
      strings = {"PT0S", "PT1.5S", "PT-1.5S", "PT-0.000000001S", "P3650D"})
  void durationsComeBack(Duration duration) {
    assertThat(Times.duration(Times.duration(duration))).isEqualTo(duration);
    assertThat(com.google.protobuf.util.Durations.isValid(Times.duration(duration))).isTrue();
  }
}
