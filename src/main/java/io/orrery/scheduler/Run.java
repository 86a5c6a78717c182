package io.orrery.scheduler;

/**
 * What is known of a worker's process beside its node.
 *
 * @param heard when it was last heard of, by the clock of the leases
 * @param contactSince since when the contact to it is what it is, by the same
 */
record Run(Host host, Facts facts, long heard, long contactSince, boolean rebooted) {
  Run heardAt(long now) {
    return new Run(host, facts, now, contactSince, rebooted);
  }

  Run with(Facts next, long now) {
    boolean same = next.contact().getClass() == facts.contact().getClass();
    return new Run(host, next, heard, same ? contactSince : now, rebooted);
  }
}
