package io.orrery.cli;

import io.orrery.v1.WorkerNode;
import io.orrery.v1.WorkerState;

/** Says how a worker is, in words. */
final class WorkerText {
  private WorkerText() {}

  /** Its state and why: {@code DRAINING (drained: new disk; running 2)}. */
  static String state(WorkerNode worker) {
    return state(worker, "");
  }

  /** The same with since when, but of one that is as it should be. */
  static String listed(WorkerNode worker) {
    boolean dated = worker.getState() != WorkerState.WORKER_STATE_ONLINE && worker.hasStateTime();
    return state(worker, dated ? " since " + TimeText.seconds(worker.getStateTime()) : "");
  }

  private static String state(WorkerNode worker, String since) {
    String state = JobText.withoutPrefix(worker.getState().name(), "WORKER_STATE_") + since;
    String why = why(worker);
    return why.isEmpty() ? state : state + " (" + why + ")";
  }

  private static String why(WorkerNode worker) {
    String why = worker.getReason();
    if (worker.getState() != WorkerState.WORKER_STATE_DRAINING) {
      return why;
    }
    String drain = (why.isEmpty() ? "" : why + "; ") + "running " + worker.getRunningJobs();
    return worker.getDrain().hasDeadlineTime()
        ? drain + " until " + TimeText.seconds(worker.getDrain().getDeadlineTime())
        : drain;
  }
}
