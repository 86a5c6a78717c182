package io.orrery.rpc;

import io.orrery.job.ApiException;
import io.orrery.job.Completion;
import io.orrery.job.JobEnd;
import io.orrery.job.JobState;
import io.orrery.job.Reason;
import io.orrery.job.ResourceUse;
import io.orrery.v1.EndCause;
import io.orrery.v1.Job;
import io.orrery.v1.Pressure;
import io.orrery.v1.Usage;
import org.jspecify.annotations.Nullable;

/** How jobs end, and what they have used, in records and in messages. */
final class EndMapping {
  private EndMapping() {}

  static io.orrery.v1.JobEnd toProto(JobEnd end) {
    io.orrery.v1.JobEnd.Builder proto =
        io.orrery.v1.JobEnd.newBuilder()
            .addAllSurvivingPids(end.survivors())
            .setMessage(end.note());
    switch (end.cause()) {
      case JobEnd.Status status -> put(proto, status);
      case JobEnd.OutOfMemory(JobEnd.Status status) -> {
        if (status != null) {
          put(proto, status);
        }
        proto.setCause(EndCause.END_CAUSE_OOM_KILLED);
      }
      case JobEnd.StartFailed(String errno, String message) ->
          proto.setCause(EndCause.END_CAUSE_START_FAILED).setErrno(errno).setMessage(message);
      case JobEnd.OutputLimit() -> proto.setCause(EndCause.END_CAUSE_OUTPUT_LIMIT);
      case JobEnd.Unobserved(String message) ->
          proto.setCause(EndCause.END_CAUSE_UNOBSERVED).setMessage(message);
    }
    return proto.build();
  }

  private static void put(io.orrery.v1.JobEnd.Builder proto, JobEnd.Status status) {
    switch (status) {
      case JobEnd.Exited(int code) -> proto.setCause(EndCause.END_CAUSE_EXITED).setExitCode(code);
      case JobEnd.Signalled(int signal, boolean coreDumped) ->
          proto.setCause(EndCause.END_CAUSE_SIGNALLED).setSignal(signal).setCoreDumped(coreDumped);
    }
  }

  static JobEnd fromProto(io.orrery.v1.JobEnd end) {
    JobEnd.Cause cause = cause(end);
    boolean ofCause = cause instanceof JobEnd.StartFailed || cause instanceof JobEnd.Unobserved;
    return new JobEnd(cause, end.getSurvivingPidsList(), ofCause ? "" : end.getMessage());
  }

  private static JobEnd.Cause cause(io.orrery.v1.JobEnd end) {
    return switch (end.getCause()) {
      case END_CAUSE_EXITED -> new JobEnd.Exited(end.getExitCode());
      case END_CAUSE_SIGNALLED -> signalled(end);
      case END_CAUSE_OOM_KILLED -> new JobEnd.OutOfMemory(status(end));
      case END_CAUSE_START_FAILED -> new JobEnd.StartFailed(end.getErrno(), end.getMessage());
      case END_CAUSE_OUTPUT_LIMIT -> new JobEnd.OutputLimit();
      case END_CAUSE_UNOBSERVED -> new JobEnd.Unobserved(end.getMessage());
      case UNRECOGNIZED -> new JobEnd.Unobserved(ofLaterVersion(end));
      case END_CAUSE_UNSPECIFIED ->
          throw new ApiException(Reason.MALFORMED_MESSAGE, "a job that is over has no end");
    };
  }

  private static JobEnd.Signalled signalled(io.orrery.v1.JobEnd end) {
    return new JobEnd.Signalled(end.getSignal(), end.getCoreDumped());
  }

  /** Null where a server of an earlier version kept neither. */
  private static JobEnd.@Nullable Status status(io.orrery.v1.JobEnd end) {
    if (end.hasExitCode()) {
      return new JobEnd.Exited(end.getExitCode());
    }
    return end.hasSignal() ? signalled(end) : null;
  }

  private static String ofLaterVersion(io.orrery.v1.JobEnd end) {
    return "its worker is of a later version and tells of an end that is not known here (cause "
        + end.getCauseValue()
        + ")"
        + (end.getMessage().isEmpty() ? "" : ": " + end.getMessage());
  }

  static void putCompletion(Job.Builder proto, JobState.Ended ended) {
    Completion completion = ended.completion();
    proto
        .setEnd(toProto(ended.end()))
        .setEndTime(Times.timestamp(completion.endTime()))
        .setUsage(toProto(completion.used()));
  }

  static Completion completion(Job job) {
    Usage usage = job.getUsage();
    return new Completion(
        job.hasStartTime() ? process(job) : null,
        Times.instant(job.getEndTime()),
        new ResourceUse(
            Times.duration(usage.getUserTime()),
            Times.duration(usage.getSystemTime()),
            usage.getPeakMemoryBytes(),
            usage.hasPressure() ? pressure(usage.getPressure()) : null));
  }

  static Usage toProto(ResourceUse used) {
    Usage.Builder usage =
        Usage.newBuilder()
            .setUserTime(Times.duration(used.userTime()))
            .setSystemTime(Times.duration(used.systemTime()))
            .setPeakMemoryBytes(used.peakMemoryBytes());
    ResourceUse.Pressure pressure = used.pressure();
    if (pressure != null) {
      usage.setPressure(
          Pressure.newBuilder()
              .setCpu(Times.duration(pressure.cpu()))
              .setMemory(Times.duration(pressure.memory()))
              .setIo(Times.duration(pressure.io())));
    }
    return usage.build();
  }

  private static ResourceUse.Pressure pressure(Pressure pressure) {
    return new ResourceUse.Pressure(
        Times.duration(pressure.getCpu()),
        Times.duration(pressure.getMemory()),
        Times.duration(pressure.getIo()));
  }

  static JobState.ProcessStart process(Job job) {
    return new JobState.ProcessStart(job.getPid(), Times.instant(job.getStartTime()));
  }
}
