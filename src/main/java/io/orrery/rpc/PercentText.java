package io.orrery.rpc;

import java.net.URLDecoder;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;

/**
 * The form of {@code grpc-message}: UTF-8, percent-encoded (gRPC over HTTP/2, "Status-Message").
 */
final class PercentText {
  private PercentText() {}

  static String encode(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
  }

  /** The text; what is not well formed is given back as it is, as gRPC asks. */
  static String decode(String encoded) {
    try {
      return URLDecoder.decode(encoded.replace("+", "%2B"), StandardCharsets.UTF_8);
    } catch (IllegalArgumentException _) {
      return encoded;
    }
  }
}
