package io.orrery.config;

import java.net.InetAddress;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * An address to dial: a DNS name or IP address and a port from 1 to 65535.
 *
 * @param host without brackets, also for IPv6
 */
public record HostPort(String host, int port) {
  private static final Pattern SYNTAX =
      Pattern.compile("(?:\\[(?<six>[^\\]]*:[^\\]]*)\\]|(?<host>[^:\\[\\]]*)):(?<port>\\d{1,5})");
  private static final Pattern DNS_NAME =
      Pattern.compile("(?=.{1,253}$)\\w(?:[\\w-]{0,61}\\w)?(?:\\.\\w(?:[\\w-]{0,61}\\w)?)*\\.?");

  public HostPort {
    if (!isHost(host)) {
      throw new IllegalArgumentException(
          "must be a host name or IP address, not " + ShownValue.of(host));
    }
    if (port < 1 || port > 65535) {
      throw new IllegalArgumentException("must have a port from 1 to 65535, not " + port);
    }
  }

  /**
   * Reads {@code host:port}, an IPv6 address in brackets: {@code [::1]:50000}.
   *
   * @throws IllegalArgumentException with a message that says what is expected
   */
  public static HostPort parse(String text) {
    Matcher matcher = SYNTAX.matcher(text);
    if (!matcher.matches()) {
      throw new IllegalArgumentException(
          "must be host:port, like \"127.0.0.1:50000\", not " + ShownValue.of(text));
    }
    String six = matcher.group("six");
    return new HostPort(
        six == null ? matcher.group("host") : six, Integer.parseInt(matcher.group("port")));
  }

  /** Whether the text is a DNS name or an IP address literal; asks no name server. */
  public static boolean isHost(String text) {
    if (DNS_NAME.matcher(text).matches()) {
      return true;
    }
    try {
      InetAddress.ofLiteral(text);
      return text.contains(":");
    } catch (IllegalArgumentException _) {
      return false;
    }
  }

  /** The form that {@link #parse} reads. */
  @Override
  public String toString() {
    return (host.contains(":") ? "[" + host + "]" : host) + ":" + port;
  }
}
