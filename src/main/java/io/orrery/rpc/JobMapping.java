package io.orrery.rpc;

import io.orrery.job.Job;
import io.orrery.job.JobId;
import io.orrery.job.JobState;
import io.orrery.job.ResourceUse;
import io.orrery.v1.JobSummary;
import org.jspecify.annotations.Nullable;

/**
 * Jobs in records and in messages. {@code worker_unreachable_since} and {@code late_end} are not of
 * the record: the scheduler adds them to the message; and so does the worker with the {@code usage}
 * of a job that has not ended.
 */
public final class JobMapping {
  private JobMapping() {}

  /** The job as clients see it. */
  public static io.orrery.v1.Job toProto(Job job) {
    io.orrery.v1.Job.Builder proto =
        io.orrery.v1.Job.newBuilder()
            .setJobId(job.id().value())
            .setSpec(SpecMapping.toProto(job.spec()))
            .setOwner(job.owner())
            .setState(StateMapping.toProto(job.state().name()))
            .setWorkerId(job.site().workerId())
            .setWorkerName(job.site().workerName())
            .setAttempt(job.site().attempt())
            .setCreateTime(Times.timestamp(job.createTime()))
            .setStdoutBytes(job.bytes().stdout())
            .setStderrBytes(job.bytes().stderr());
    JobState.ProcessStart process = job.process();
    if (process != null) {
      proto.setPid(process.pid()).setStartTime(Times.timestamp(process.startTime()));
    }
    if (job.state() instanceof JobState.Stopping stopping) {
      proto.addAllUnkillablePids(stopping.survivors());
    }
    if (job.state() instanceof JobState.Ended ended) {
      EndMapping.putCompletion(proto, ended);
    }
    if (job.outputRemoval() != null) {
      proto.setOutputRemoval(RemovalMapping.toProto(job.outputRemoval()));
    }
    if (job.outputLoss() != null) {
      proto.setOutputLoss(LossMapping.toProto(job.outputLoss()));
    }
    return proto.build();
  }

  /** The job as clients see it, with what it has used while it runs, where that is known. */
  public static io.orrery.v1.Job toProto(Job job, @Nullable ResourceUse used) {
    io.orrery.v1.Job proto = toProto(job);
    return used == null ? proto : proto.toBuilder().setUsage(EndMapping.toProto(used)).build();
  }

  /**
   * The job of a message that a server sent; what is of a later version is told as far as it is
   * known.
   *
   * @throws io.orrery.job.ApiException MALFORMED_MESSAGE when the message makes no sense
   */
  public static Job fromProto(io.orrery.v1.Job proto) {
    return new Job(
        new JobId(proto.getJobId()),
        SpecMapping.fromProto(proto.getSpec()),
        proto.getOwner(),
        new Job.Site(proto.getWorkerId(), proto.getWorkerName(), proto.getAttempt()),
        Times.instant(proto.getCreateTime()),
        state(proto),
        new Job.StreamBytes(proto.getStdoutBytes(), proto.getStderrBytes()),
        proto.hasOutputRemoval() ? RemovalMapping.fromProto(proto.getOutputRemoval()) : null,
        proto.hasOutputLoss() ? LossMapping.fromProto(proto.getOutputLoss()) : null);
  }

  private static JobState state(io.orrery.v1.Job proto) {
    JobState.Name name = StateMapping.of(proto);
    return switch (name) {
      case QUEUED -> new JobState.Queued();
      case STARTING -> new JobState.Starting();
      case RUNNING -> new JobState.Running(EndMapping.process(proto));
      case STOPPING ->
          new JobState.Stopping(EndMapping.process(proto), proto.getUnkillablePidsList());
      case SUCCEEDED, FAILED, STOPPED, TIMED_OUT, LOST ->
          new JobState.Ended(
              name, EndMapping.fromProto(proto.getEnd()), EndMapping.completion(proto));
    };
  }

  /**
   * What a worker reports of a job to its scheduler; the job itself is added where there is room.
   */
  public static JobSummary summary(Job job) {
    return JobSummary.newBuilder()
        .setJobId(job.id().value())
        .setAttempt(job.site().attempt())
        .setState(StateMapping.toProto(job.state().name()))
        .setOwner(job.owner())
        .setCpus(job.spec().limits().cpus())
        .setMemoryBytes(job.spec().limits().memoryBytes())
        .setCreateTime(Times.timestamp(job.createTime()))
        .build();
  }
}
