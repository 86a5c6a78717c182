package io.orrery.cli.grpc;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Reads how a call ended out of its headers and trailers (grpc/doc/PROTOCOL-HTTP2.md). */
final class Trailers {
  private Trailers() {}

  /**
   * Returns when the call ended with OK.
   *
   * @throws StatusException when it ended with an error
   * @throws ConnectionLostException when it ended without a status, or within a message
   */
  static void check(
      @Nullable Map<String, String> headers, @Nullable Map<String, String> trailers, boolean whole)
      throws StatusException, ConnectionLostException {
    String http = headers == null ? null : headers.get(":status");
    if (http == null) {
      throw new ConnectionLostException("the server ended the call without an answer");
    }
    String number = trailers == null ? null : trailers.get("grpc-status");
    if (number == null && !http.equals("200")) {
      throw new StatusException(
          StatusCode.ofHttp(http), "the server is not one of Orrery: it answered HTTP " + http);
    }
    if (trailers == null || number == null) {
      throw new ConnectionLostException("the server ended the call without a status");
    }
    StatusCode code = code(number);
    if (code != StatusCode.OK) {
      throw new StatusException(code, message(trailers), details(trailers));
    }
    if (!whole) {
      throw new ConnectionLostException("the server ended the call within a message");
    }
  }

  private static StatusCode code(String number) {
    try {
      return StatusCode.of(Integer.parseInt(number));
    } catch (NumberFormatException _) {
      return StatusCode.UNKNOWN;
    }
  }

  /** The message has UTF-8 in percent-encoding; what is no encoding stands for itself. */
  static String message(Map<String, String> trailers) {
    String text = trailers.getOrDefault("grpc-message", "");
    ByteArrayOutputStream bytes = new ByteArrayOutputStream(text.length());
    for (int i = 0; i < text.length(); i++) {
      int high = i + 2 < text.length() ? Character.digit(text.charAt(i + 1), 16) : -1;
      int low = high < 0 ? -1 : Character.digit(text.charAt(i + 2), 16);
      if (text.charAt(i) == '%' && low >= 0) {
        bytes.write(high << 4 | low);
        i += 2;
      } else {
        bytes.write(text.charAt(i));
      }
    }
    return bytes.toString(StandardCharsets.UTF_8);
  }

  private static byte[] details(Map<String, String> trailers) {
    try {
      return Base64.getDecoder().decode(trailers.getOrDefault("grpc-status-details-bin", ""));
    } catch (IllegalArgumentException _) {
      return new byte[0];
    }
  }
}
