package io.orrery.rpc;

import io.orrery.job.ApiException;
import io.orrery.job.Reason;
import java.util.HexFormat;
import java.util.Map;
import java.util.concurrent.ThreadLocalRandom;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Makes of whatever went wrong in a handler what the caller is told. */
final class Failures {
  private static final Logger LOG = LoggerFactory.getLogger(Failures.class);

  private Failures() {}

  /**
   * An {@link ApiException} as it is; anything else is a bug, whose stack trace goes to the log
   * under an incident number, and only that number to the caller.
   */
  static ApiException of(Throwable failure, String method) {
    if (failure instanceof ApiException told) {
      return told;
    }
    String incident = HexFormat.of().toHexDigits(ThreadLocalRandom.current().nextInt());
    LOG.error("incident {} in {}", incident, method, failure);
    return new ApiException(
        Reason.INTERNAL_BUG,
        "the server failed; its log has the incident " + incident,
        Map.of("incident", incident));
  }
}
