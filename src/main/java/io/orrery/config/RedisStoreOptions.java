package io.orrery.config;

import java.nio.file.Path;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The Redis server that keeps what the scheduler must not forget.
 *
 * @param username "" is the server's default user
 * @param passwordFile whose first line is the password; null is none
 * @param prefix how the name of every key of ours begins
 */
public record RedisStoreOptions(
    String host,
    int port,
    Tls tls,
    String username,
    @Nullable Path passwordFile,
    int database,
    String prefix) {
  private static final Pattern PREFIX = Pattern.compile("[!-~]{1,64}");
  private static final Pattern USERNAME = Pattern.compile("[!-~]{0,256}");

  /**
   * TLS to the server, whose host name is always checked.
   *
   * @param ca the authorities of the server; null is those of this machine's Java
   * @param cert the certificate to show to the server, and its key; null is none
   */
  public record Tls(boolean enabled, @Nullable Path ca, @Nullable Path cert, @Nullable Path key) {

    static Tls read(OptionReader reader) {
      Tls tls =
          new Tls(
              reader.flag("enabled", false),
              reader.optionalPath("ca", "PEM file"),
              reader.optionalPath("cert", "PEM file"),
              reader.optionalPath("key", "PEM file"));
      if ((tls.cert == null) != (tls.key == null)) {
        reader.problem(tls.cert == null ? "cert" : "key", "is needed too: both or neither");
      }
      return tls;
    }
  }

  static RedisStoreOptions read(OptionReader reader) {
    return new RedisStoreOptions(
        reader.host("host", "127.0.0.1"),
        reader.port("port", 6379),
        Tls.read(reader.section("tls")),
        reader.text("username", "", USERNAME, "printable ASCII without spaces"),
        reader.optionalPath("password_file", "file"),
        reader.integer("database", 0, 0, 1_000_000),
        reader.text("prefix", "orrery:", PREFIX, "1 to 64 printable ASCII characters"));
  }
}
