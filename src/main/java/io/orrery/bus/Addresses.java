package io.orrery.bus;

import io.orrery.job.JobId;

/** Every address of the event bus that Orrery uses. */
final class Addresses {
  /** Changes of every job. */
  static final String JOBS = "orrery.jobs";

  /** Jobs that print more than they may. */
  static final String LIMITS = "orrery.limits";

  /** Ended jobs of which nothing is kept. */
  static final String FORGOTTEN = "orrery.jobs.forgotten";

  private Addresses() {}

  /** Changes of one job. */
  static String job(JobId job) {
    return "orrery.job." + job.value();
  }

  /** What one job prints. */
  static String output(JobId job) {
    return "orrery.output." + job.value();
  }
}
