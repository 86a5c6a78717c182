package io.orrery.http;

import io.orrery.job.ApiException;
import io.orrery.job.Reason;
import io.vertx.core.http.HttpServerRequest;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What a body may say of itself: it is JSON, and not compressed. */
final class RequestBody {
  /** What {@code curl -d} says of whatever it sends. */
  private static final String FORM = "application/x-www-form-urlencoded";

  private static final Set<String> TYPES = Set.of(JsonReply.TYPE, FORM, "");

  private RequestBody() {}

  /**
   * Passes, or not; from then on the body is JSON.
   *
   * @throws ApiException NOT_SERVED, for an answer with the code 415
   */
  static void check(HttpServerRequest request) {
    String type = request.getHeader("content-type");
    if (!TYPES.contains(essence(type))) {
      throw unsupported("content_type", "the body must be application/json, and is " + type);
    }
    String encoding = request.getHeader("content-encoding");
    if (encoding != null && !encoding.equals("identity")) {
      throw unsupported("content_encoding", "the body must not be compressed, and is " + encoding);
    }
    // The body handler of Vert.x would take a form apart.
    request.headers().set("content-type", JsonReply.TYPE);
  }

  private static ApiException unsupported(String name, String message) {
    return new ApiException(Reason.NOT_SERVED, message, Map.of("header", name));
  }

  private static String essence(@Nullable String type) {
    if (type == null) {
      return "";
    }
    int end = type.indexOf(';');
    return (end < 0 ? type : type.substring(0, end)).strip().toLowerCase(Locale.ROOT);
  }
}
