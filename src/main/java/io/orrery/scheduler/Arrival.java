package io.orrery.scheduler;

import io.orrery.job.ApiException;
import io.orrery.job.Reason;
import java.time.Duration;
import java.util.Map;

/**
 * A worker that asks to be known.
 *
 * @param presentedId the id that it has from before, or ""
 * @param incarnation of its process
 */
record Arrival(String presentedId, String incarnation, Host host, WorkerProfile profile) {

  String name() {
    return profile.name();
  }

  /**
   * @throws ApiException with {@link Reason#FOREIGN_WORKER} when the id is another worker's
   */
  static void checkOwn(String name, String id) {
    if (!id.equals(WorkerIds.forName(name))) {
      throw new ApiException(
          Reason.FOREIGN_WORKER,
          "the id "
              + id
              + " is not that of worker "
              + name
              + "; use the data directory with the certificate that it was made with",
          Map.of("worker_id", id, "worker_name", name));
    }
  }

  /**
   * Passes unless a worker with this name is alive which this one is not: a new process at the same
   * address is the same worker after a restart, unless it is on another host, or the one that it
   * took the place of is still there and comes back.
   *
   * @param replaced whether this process had its place taken by the one that is alive
   * @throws ApiException with {@link Reason#WORKER_NAME_IN_USE}
   */
  void checkOnlyOne(Node alive, Host aliveHost, boolean replaced, Duration lease) {
    boolean elsewhere = host.differsFrom(aliveHost);
    if (alive.incarnation().equals(incarnation)
        || (!elsewhere && !replaced && alive.profile().address().equals(profile.address()))) {
      return;
    }
    throw new ApiException(
        Reason.WORKER_NAME_IN_USE,
        "a worker named "
            + name()
            + " is alive at "
            + alive.profile().address()
            + (elsewhere ? ", on another host or another boot of this one" : "")
            + "; give each worker a certificate with a name of its own. One that has moved, or"
            + " whose host was rebooted, is taken when the lease of its last run is over, in at"
            + " most "
            + lease.toSeconds()
            + " s",
        Map.of("worker_name", name()));
  }
}
