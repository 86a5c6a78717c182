package io.orrery.worker;

import io.orrery.job.ApiException;
import io.orrery.job.Job;
import io.orrery.job.Reason;
import java.util.Map;

/** Why a worker does not start a run of a job, or has ended what was asked of an earlier one. */
final class StartRefusals {
  private StartRefusals() {}

  /** The worker takes no jobs, and this run of the job is not known to it. */
  static ApiException unfit(String workerName, String why) {
    return new ApiException(
        Reason.DRAINING,
        "worker " + workerName + " takes no new jobs: " + why + "; try another, or again later",
        Map.of("worker_name", workerName, "not_started", "true"));
  }

  /** The worker has a later run of the job, or an earlier one that has not ended. */
  static ApiException otherAttempt(String workerName, Job known, NewJob asked) {
    int attempt = known.site().attempt();
    return new ApiException(
        Reason.STALE_ATTEMPT,
        "worker "
            + workerName
            + " has attempt "
            + attempt
            + " of job "
            + known.id()
            + ", and was asked for attempt "
            + asked.attempt()
            + (attempt < asked.attempt()
                ? "; ask again when that one has ended"
                : ", which is over"),
        Map.of(
            "job_id", known.id().value(),
            "worker_name", workerName,
            "known_attempt", Integer.toString(attempt)));
  }

  /** What is left of an earlier run is removed while somebody reads it. */
  static ApiException replaced(Job next) {
    int attempt = next.site().attempt();
    return new ApiException(
        Reason.STALE_ATTEMPT,
        "attempt "
            + attempt
            + " of job "
            + next.id()
            + " is started where an earlier one was, whose output is removed; read it from its"
            + " beginning",
        Map.of("job_id", next.id().value(), "known_attempt", Integer.toString(attempt)));
  }

  /** What is left of an earlier run cannot be removed. */
  static ApiException inTheWay(Job next, Throwable cause) {
    return new ApiException(
        Reason.STORAGE_FAILED,
        "the worker cannot remove what it has of an earlier attempt of job "
            + next.id()
            + ": "
            + cause.getClass().getSimpleName()
            + "; look at the disk of the worker",
        Map.of("job_id", next.id().value(), "worker_name", next.site().workerName()));
  }
}
