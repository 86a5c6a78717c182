package io.orrery.cli;

import io.orrery.v1.WorkerNode;
import io.orrery.v1.WorkerState;

/** Says how a worker is, in words. */
final class WorkerText {
  private WorkerText() {}

  /** Its state and why: {@code DRAINING (drained: new disk; running 2)}. */
  static String state(WorkerNode worker) {
    String state = JobText.withoutPrefix(worker.getState().name(), "WORKER_STATE_");
    String why = worker.getReason();
    if (worker.getState() == WorkerState.WORKER_STATE_DRAINING) {
      why += (why.isEmpty() ? "running " : "; running ") + worker.getRunningJobs();
    }
    return why.isEmpty() ? state : state + " (" + why + ")";
  }
}
