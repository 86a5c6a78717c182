package io.orrery.scheduler;

import java.time.Duration;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The times that leases run by: the monotonic clock, so that no jump of the wall clock matters, and
 * what becomes of them when this process itself was stopped for a while: all that were alive get a
 * whole lease to be heard again.
 */
final class LeaseClock {
  private static final Logger LOG = LoggerFactory.getLogger(LeaseClock.class);

  /** How many leases the workers from before a start of the scheduler have to come back. */
  static final int FIRST_GRACE = 3;

  private final Duration lease;
  private final LongSupplier nanoTime;
  private long start;
  private long looked;
  private long patientUntil;

  LeaseClock(Duration lease, LongSupplier nanoTime) {
    this.lease = lease;
    this.nanoTime = nanoTime;
    begin();
  }

  /** The scheduler is reached from now on: until now nobody could be heard. */
  final void begin() {
    start = nanoTime.getAsLong();
    looked = start;
    patientUntil = start;
  }

  Duration lease() {
    return lease;
  }

  /** How often to look: four times a lease. */
  Duration period() {
    return Duration.ofNanos(Math.max(10_000_000, lease.toNanos() / 4));
  }

  long now() {
    return nanoTime.getAsLong();
  }

  /**
   * To be asked once each period: whether leases may be judged now. Not for a lease after the
   * question itself came late, as then nobody could be heard.
   */
  boolean mayJudge() {
    long now = now();
    long gap = now - looked;
    looked = now;
    if (gap > Math.max(2 * period().toNanos(), period().toNanos() + 250_000_000)) {
      LOG.warn("the scheduler was stopped for {} ms: workers get a new lease", gap / 1_000_000);
      patientUntil = now + lease.toNanos();
    }
    return now - patientUntil >= 0;
  }

  /** Whether a lease is over that began then. */
  boolean isOver(long heard) {
    return now() - heard > lease.toNanos();
  }

  /** Whether this long ago workers could be heard already. */
  boolean hasHeardFor(Duration time) {
    return now() - start > time.toNanos();
  }

  /** Whether the time is over in which workers from before the start are waited for. */
  boolean isFirstGraceOver() {
    return now() - start > FIRST_GRACE * lease.toNanos();
  }
}
