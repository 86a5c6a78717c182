package io.orrery.metrics;

import io.vertx.core.Future;
import java.util.List;

/** Whether a server does its work now. */
public interface Readiness {
  /** What keeps it from its work, for people; empty when nothing does. Never takes long. */
  Future<List<String>> troubles();
}
