package io.orrery.scheduler;

import io.orrery.job.JobId;
import io.orrery.job.JobSpec;
import io.orrery.job.JobState;
import io.orrery.rpc.SpecMapping;
import io.orrery.rpc.StateMapping;
import io.orrery.rpc.Times;
import io.orrery.v1.EndCause;
import io.orrery.v1.Job;
import io.orrery.v1.JobEnd;
import java.time.Instant;

/** Jobs that have no worker, or none yet, as messages. */
final class QueuedJob {
  private QueuedJob() {}

  /** A job that was just accepted. */
  static Job accepted(JobId id, JobSpec spec, String owner, Instant createTime) {
    return Job.newBuilder()
        .setJobId(id.value())
        .setSpec(SpecMapping.toProto(spec))
        .setOwner(owner)
        .setAttempt(1)
        .setCreateTime(Times.timestamp(createTime))
        .setState(StateMapping.toProto(JobState.Name.QUEUED))
        .build();
  }

  /** The job, about to be started at a worker. */
  static Job startingAt(Job job, Node node) {
    return job.toBuilder()
        .setState(StateMapping.toProto(JobState.Name.STARTING))
        .setWorkerId(node.id())
        .setWorkerName(node.name())
        .build();
  }

  /** The job, which waits for the run of this number. */
  static Job waiting(Job job, int attempt) {
    return job.toBuilder()
        .clearWorkerId()
        .clearWorkerName()
        .clearPid()
        .clearStartTime()
        .clearEnd()
        .clearEndTime()
        .setAttempt(attempt)
        .setState(StateMapping.toProto(JobState.Name.QUEUED))
        .build();
  }

  /** The job, over without a process. */
  static Job ended(Job job, JobState.Name state, String why, Instant now) {
    Instant created = Times.instant(job.getCreateTime());
    return job.toBuilder()
        .setState(StateMapping.toProto(state))
        .setEnd(
            JobEnd.newBuilder().setCause(EndCause.END_CAUSE_START_FAILED).setMessage(why).build())
        .setEndTime(Times.timestamp(now.isBefore(created) ? created : now))
        .build();
  }
}
