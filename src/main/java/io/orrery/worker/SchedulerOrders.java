package io.orrery.worker;

import io.orrery.job.JobId;
import io.orrery.v1.WorkerOrders;
import java.util.List;

/**
 * Does what the scheduler wants of the worker, which it says again with each answer: what is done
 * already is left alone. For the worker's one context.
 */
final class SchedulerOrders {
  private final DrainOrder drain;
  private final OrderedStops stops;

  SchedulerOrders(DrainOrder drain, OrderedStops stops) {
    this.drain = drain;
    this.stops = stops;
  }

  /** Answers with the jobs that the scheduler asks about. */
  List<JobId> follow(WorkerOrders orders) {
    drain.set(orders.getDraining(), orders.getDrainReason());
    orders.getStopsList().forEach(stops::stop);
    return orders.getReportJobIdsList().stream().filter(JobId::isWhole).map(JobId::new).toList();
  }
}
