package io.orrery.scheduler;

import io.orrery.job.ApiException;
import io.orrery.job.Reason;
import java.util.Map;
import java.util.stream.Collectors;

/** Why a job cannot be given to a worker, as the refusals that callers get. */
final class PlacementRefusals {
  private PlacementRefusals() {}

  /** No worker has this id. */
  static ApiException unknown(String workerId) {
    return new ApiException(
        Reason.WORKER_NOT_FOUND,
        "no worker " + workerId + "; `orrery workers` lists them",
        Map.of("worker_id", workerId));
  }

  /** The worker does not answer. */
  static ApiException unreachable(Node node) {
    return new ApiException(
        Reason.WORKER_UNREACHABLE,
        "worker "
            + node.name()
            + " is "
            + node.state()
            + " since "
            + node.standing().since()
            + ": "
            + node.standing().reason()
            + (node.state() == Node.State.UNREACHABLE ? "; its jobs may well go on" : ""),
        Map.of(
            "worker_id", node.id(),
            "worker_name", node.name(),
            "since", node.standing().since().toString()));
  }

  /** A worker that is there cannot be forgotten. */
  static ApiException notGone(Node node) {
    return new ApiException(
        Reason.WORKER_NOT_GONE,
        "worker "
            + node.name()
            + " is not gone, it is "
            + node.state()
            + ": stop it first, and wait until it is OFFLINE or no heartbeat comes any more",
        Map.of("worker_id", node.id(), "worker_name", node.name()));
  }

  /** Nor one that may still run jobs, unless that is said. */
  static ApiException hasJobs(Node node, int jobs) {
    return new ApiException(
        Reason.WORKER_NOT_GONE,
        "worker "
            + node.name()
            + " has "
            + jobs
            + (jobs == 1 ? " job that has" : " jobs that have")
            + " not ended and may still run there; say that they are lost (--lose-jobs, lose_jobs)"
            + " to forget it",
        Map.of("worker_id", node.id(), "worker_name", node.name(), "jobs", Integer.toString(jobs)));
  }

  /** The worker takes no new jobs. */
  static ApiException draining(Node node) {
    return new ApiException(
        Reason.DRAINING,
        "worker " + node.name() + " takes no new jobs: " + node.standing().reason(),
        Map.of("worker_id", node.id(), "worker_name", node.name()));
  }

  /** The worker that the job names cannot run it, for as long as it is what it is. */
  static ApiException unfit(Node node, Obstacle obstacle, String selector) {
    return new ApiException(
        Reason.NO_MATCHING_WORKER,
        "worker " + node.name() + " " + obstacle.text(),
        Map.of("worker_id", node.id(), "selector", selector));
  }

  /** No worker that is known could ever run the job. */
  static ApiException noWorker(Map<Obstacle, Integer> obstacles, String selector) {
    int known = obstacles.values().stream().mapToInt(Integer::intValue).sum();
    String what =
        known == 0
            ? "no worker has registered; start one with `bin/orrery worker`"
            : "none of the " + known + " workers can run it: " + counts(obstacles);
    return new ApiException(
        Reason.NO_MATCHING_WORKER,
        what,
        Map.of("workers", Integer.toString(known), "selector", selector));
  }

  /** "2 have no free slot, 1 is offline", the most frequent first. */
  static String counts(Map<Obstacle, Integer> obstacles) {
    return obstacles.entrySet().stream()
        .sorted(Map.Entry.<Obstacle, Integer>comparingByValue().reversed())
        .map(entry -> entry.getKey().text(entry.getValue()))
        .collect(Collectors.joining(", "));
  }
}
