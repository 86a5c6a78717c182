package io.orrery.scheduler;

import io.orrery.job.ApiException;
import io.orrery.job.JobId;
import io.orrery.job.JobState;
import io.orrery.rpc.JobMapping;
import io.orrery.rpc.ListedJobs;
import io.orrery.rpc.StateMapping;
import io.orrery.rpc.Times;
import io.orrery.v1.EndCause;
import io.orrery.v1.Job;
import io.orrery.v1.JobEnd;
import io.orrery.v1.JobSummary;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** Jobs as the scheduler knows them: from what workers tell, and as it shows them itself. */
final class IndexedJobs {
  private IndexedJobs() {}

  /** What a worker reports in a summary. */
  static JobIndex.Entry reported(String workerId, JobSummary job) {
    JobIndex.Report report =
        new JobIndex.Report(
            StateMapping.of(job),
            job.getAttempt(),
            JobIndex.Room.of(job.getCpus(), job.getMemoryBytes()),
            Times.instant(job.getCreateTime()),
            job.hasJob() ? listed(job) : null);
    return new JobIndex.Entry(
        new JobId(job.getJobId()), workerId, job.getOwner().intern(), true, report);
  }

  /** As lists show it; null where it makes no sense, as a list must not fail for one worker. */
  private static @Nullable Job listed(JobSummary summary) {
    Job told =
        summary.getJob().toBuilder()
            .setJobId(summary.getJobId())
            .setStateValue(summary.getStateValue())
            .build();
    try {
      return ListedJobs.toProto(JobMapping.fromProto(told));
    } catch (ApiException nonsense) {
      return null;
    }
  }

  /** What a worker answers to a call. */
  static JobIndex.Entry answered(String workerId, Job job) {
    return entry(workerId, job, true, brief(job));
  }

  /** As lists show it, with what the scheduler alone knows. */
  static Job brief(Job job) {
    Job.Builder brief = ListedJobs.toProto(JobMapping.fromProto(job)).toBuilder();
    if (job.hasLateEnd()) {
      brief.setLateEnd(job.getLateEnd());
    }
    if (job.hasWorkerUnreachableSince()) {
      brief.setWorkerUnreachableSince(job.getWorkerUnreachableSince());
    }
    return brief.build();
  }

  /** A job that has no worker: it waits, or is over without having run. */
  static JobIndex.Entry queued(Job job) {
    return at("", job);
  }

  /** A job that its worker is about to be given, and has not said that it has. */
  static JobIndex.Entry ordered(Job job) {
    return at(job.getWorkerId(), job);
  }

  /** Of one that waits no message is kept: there may be a million. */
  private static JobIndex.Entry at(String workerId, Job job) {
    boolean over = StateMapping.fromProto(job.getState()).isTerminal();
    return entry(workerId, job, false, over ? brief(job) : null);
  }

  private static JobIndex.Entry entry(
      String workerId, Job job, boolean confirmed, @Nullable Job message) {
    JobIndex.Room room =
        JobIndex.Room.of(
            job.getSpec().getLimits().getCpus(), job.getSpec().getLimits().getMemoryBytes());
    JobIndex.Report report =
        new JobIndex.Report(
            StateMapping.of(job),
            job.getAttempt(),
            room,
            Times.instant(job.getCreateTime()),
            message);
    return new JobIndex.Entry(
        new JobId(job.getJobId()), workerId, job.getOwner().intern(), confirmed, report);
  }

  /** A job that waited and has a worker now, which has not said that it has it. */
  static JobIndex.Entry ordered(JobIndex.Entry entry, String workerId) {
    JobIndex.Report report = entry.report();
    return new JobIndex.Entry(
        entry.id(),
        workerId,
        entry.owner(),
        false,
        new JobIndex.Report(
            JobState.Name.STARTING,
            report.attempt(),
            report.room(),
            report.createTime(),
            report.message()));
  }

  /** A job that its worker did not take: it has none again. */
  static JobIndex.Entry queued(JobIndex.Entry entry) {
    JobIndex.Report report = entry.report();
    return new JobIndex.Entry(
        entry.id(),
        "",
        entry.owner(),
        false,
        new JobIndex.Report(
            JobState.Name.QUEUED,
            report.attempt(),
            report.room(),
            report.createTime(),
            report.message()));
  }

  /** What the index knows of a job that waits: all but the spec. */
  static Job waiting(JobIndex.Entry entry) {
    return Job.newBuilder()
        .setJobId(entry.id().value())
        .setOwner(entry.owner())
        .setAttempt(entry.attempt())
        .setCreateTime(Times.timestamp(entry.report().createTime()))
        .setState(StateMapping.toProto(JobState.Name.QUEUED))
        .build();
  }

  /** The job in the last state that is known of it. */
  static Job message(JobIndex.Entry entry, Node node) {
    return message(entry, node.name());
  }

  private static Job message(JobIndex.Entry entry, String workerName) {
    JobIndex.Report report = entry.report();
    Job.Builder job = report.message() == null ? Job.newBuilder() : report.message().toBuilder();
    job.setJobId(entry.id().value())
        .setOwner(entry.owner())
        .setWorkerId(entry.workerId())
        .setWorkerName(workerName)
        .setAttempt(report.attempt())
        .setCreateTime(Times.timestamp(report.createTime()))
        .setState(StateMapping.toProto(report.state()));
    if (report.state().isTerminal() && !job.hasEnd()) {
      job.setEnd(end(report.state()));
    }
    return job.build();
  }

  /** How a job ended of which only the state was told. */
  private static JobEnd end(JobState.Name state) {
    JobEnd.Builder end = JobEnd.newBuilder();
    return state == JobState.Name.SUCCEEDED
        ? end.setCause(EndCause.END_CAUSE_EXITED).setExitCode(0).build()
        : end.setCause(EndCause.END_CAUSE_UNOBSERVED)
            .setMessage("its worker does not answer, which alone knows more of its end")
            .build();
  }

  /**
   * The job, given up at this time for this reason; the worker's name may be unknown. It started by
   * the worker's clock, and does not end before by ours.
   */
  static Job lost(JobIndex.Entry entry, String workerName, String why, Instant now) {
    Job before = message(entry, workerName);
    Instant start = before.hasStartTime() ? Times.instant(before.getStartTime()) : now;
    return before.toBuilder()
        .setState(StateMapping.toProto(JobState.Name.LOST))
        .setEnd(JobEnd.newBuilder().setCause(EndCause.END_CAUSE_UNOBSERVED).setMessage(why))
        .setEndTime(Times.timestamp(now.isBefore(start) ? start : now))
        .build();
  }
}
