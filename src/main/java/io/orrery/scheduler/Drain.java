package io.orrery.scheduler;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * That an operator wants a worker to take no new jobs.
 *
 * @param reason for people; may be empty
 * @param actor who wants it, as the URI of the certificate
 * @param deadline when the jobs that still run are stopped; null is never
 */
record Drain(String reason, String actor, Instant since, @Nullable Instant deadline) {

  /** One phrase for people. */
  String text() {
    return reason.isEmpty() ? "drained by " + actor : "drained: " + reason;
  }
}
