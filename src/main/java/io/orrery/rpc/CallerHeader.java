package io.orrery.rpc;

import io.orrery.job.ApiException;
import io.orrery.job.Reason;
import io.orrery.security.Identity;
import io.orrery.security.IdentityException;
import io.orrery.security.Role;
import io.vertx.core.MultiMap;

/**
 * The metadata {@code orrery-caller}: the URI of the client on whose behalf a scheduler calls. From
 * anybody else it means nothing.
 */
final class CallerHeader {
  static final String NAME = "orrery-caller";

  private CallerHeader() {}

  /**
   * @throws ApiException CERT_IDENTITY when a scheduler names somebody that cannot be
   */
  static Identity caller(Identity peer, MultiMap headers) {
    String uri = headers.get(NAME);
    if (peer.role() != Role.SCHEDULER || uri == null) {
      return peer;
    }
    try {
      return Identity.parse(uri);
    } catch (IdentityException e) {
      throw new ApiException(Reason.CERT_IDENTITY, NAME + ": " + e.getMessage());
    }
  }
}
