package io.orrery.rpc;

import io.orrery.job.ApiException;
import io.orrery.job.JobState;
import io.orrery.job.Reason;
import io.orrery.v1.JobSummary;

/** The names of states, in records and in messages. */
public final class StateMapping {
  private StateMapping() {}

  /** The state's number on the wire. */
  public static io.orrery.v1.JobState toProto(JobState.Name name) {
    return switch (name) {
      case QUEUED -> io.orrery.v1.JobState.JOB_STATE_QUEUED;
      case STARTING -> io.orrery.v1.JobState.JOB_STATE_STARTING;
      case RUNNING -> io.orrery.v1.JobState.JOB_STATE_RUNNING;
      case STOPPING -> io.orrery.v1.JobState.JOB_STATE_STOPPING;
      case SUCCEEDED -> io.orrery.v1.JobState.JOB_STATE_SUCCEEDED;
      case FAILED -> io.orrery.v1.JobState.JOB_STATE_FAILED;
      case STOPPED -> io.orrery.v1.JobState.JOB_STATE_STOPPED;
      case TIMED_OUT -> io.orrery.v1.JobState.JOB_STATE_TIMED_OUT;
      case LOST -> io.orrery.v1.JobState.JOB_STATE_LOST;
    };
  }

  /**
   * The state of a job of which a worker tells, whose version may be a later one: a state that is
   * not known here is taken for the nearest one that is, so that what a job takes of its worker is
   * counted until it has an end.
   *
   * @throws ApiException MALFORMED_MESSAGE when it has none
   */
  public static JobState.Name of(io.orrery.v1.Job job) {
    if (isKnown(job.getState())) {
      return fromProto(job.getState());
    }
    if (job.hasEndTime()) {
      return JobState.Name.FAILED;
    }
    return job.hasStartTime() ? JobState.Name.RUNNING : JobState.Name.STARTING;
  }

  /** The same of a summary. */
  public static JobState.Name of(JobSummary job) {
    return isKnown(job.getState())
        ? fromProto(job.getState())
        : job.hasJob() ? of(job.getJob()) : JobState.Name.RUNNING;
  }

  /** Whether the number of the state is one of this version. */
  public static boolean isKnown(io.orrery.v1.JobState state) {
    return state != io.orrery.v1.JobState.UNRECOGNIZED;
  }

  /**
   * The state's name.
   *
   * @throws ApiException MALFORMED_MESSAGE when it is none, or one that this version does not know
   */
  public static JobState.Name fromProto(io.orrery.v1.JobState state) {
    return switch (state) {
      case JOB_STATE_QUEUED -> JobState.Name.QUEUED;
      case JOB_STATE_STARTING -> JobState.Name.STARTING;
      case JOB_STATE_RUNNING -> JobState.Name.RUNNING;
      case JOB_STATE_STOPPING -> JobState.Name.STOPPING;
      case JOB_STATE_SUCCEEDED -> JobState.Name.SUCCEEDED;
      case JOB_STATE_FAILED -> JobState.Name.FAILED;
      case JOB_STATE_STOPPED -> JobState.Name.STOPPED;
      case JOB_STATE_TIMED_OUT -> JobState.Name.TIMED_OUT;
      case JOB_STATE_LOST -> JobState.Name.LOST;
      case JOB_STATE_UNSPECIFIED, UNRECOGNIZED ->
          throw new ApiException(Reason.MALFORMED_MESSAGE, "a job has no state that is known here");
    };
  }
}
