package io.orrery.http;

import io.orrery.job.ApiException;
import io.orrery.job.Reason;
import io.vertx.core.http.HttpServerRequest;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Refuses what web pages of other sites have a browser send: the browser would show its user's
 * certificate with it. {@code Origin} is RFC 6454, {@code Sec-Fetch-Site} the W3C's Fetch Metadata;
 * programs that are no browsers send neither.
 */
final class ForeignPages {
  private static final Set<String> OTHERS = Set.of("cross-site", "same-site");

  private ForeignPages() {}

  /**
   * Passes, or not.
   *
   * @throws ApiException FOREIGN_PAGE
   */
  static void refuse(HttpServerRequest request) {
    String origin = request.getHeader("origin");
    String own = "https://" + request.authority();
    boolean foreign = origin != null && !origin.equals(own);
    String site = request.getHeader("sec-fetch-site");
    if (foreign || isSentByOthers(request, site)) {
      throw new ApiException(
          Reason.FOREIGN_PAGE, "a web page of another site may not use this server");
    }
  }

  /** Whoever follows a link comes from another site too, and only reads. */
  private static boolean isSentByOthers(HttpServerRequest request, @Nullable String site) {
    return site != null && OTHERS.contains(site) && request.method().name().equals("POST");
  }
}
