package io.orrery.cli;

import io.orrery.config.HostPort;
import io.orrery.config.TlsFiles;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Which servers a command may ask, in their order, and with which certificate. */
record ConnectionSettings(List<HostPort> servers, TlsFiles files) {
  private static final String DEFAULT_SERVER = "127.0.0.1:50000";

  /**
   * Each value comes from its flag, else from the environment (ORRERY_SERVER, _CA, _CERT, _KEY),
   * else from the user's config.json, else it is that of an installation on this machine.
   *
   * @throws CommandException when a value or a file is wrong or missing
   */
  static ConnectionSettings of(ConnectionFlags flags, Map<String, String> environment) {
    UserConfig user = UserConfig.read(environment);
    Path certs = Path.of(environment.getOrDefault("ORRERY_HOME", "")).resolve("certs");
    String server =
        first(flags.server, environment.get("ORRERY_SERVER"), user.server(), DEFAULT_SERVER);
    return new ConnectionSettings(
        servers(server),
        new TlsFiles(
            file(flags.ca, environment.get("ORRERY_CA"), user.ca(), certs.resolve("ca.crt")),
            file(
                flags.cert,
                environment.get("ORRERY_CERT"),
                user.cert(),
                certs.resolve("admin.crt")),
            file(
                flags.key, environment.get("ORRERY_KEY"), user.key(), certs.resolve("admin.key"))));
  }

  private static List<HostPort> servers(String text) {
    List<HostPort> servers = new ArrayList<>();
    for (String server : text.split(",", -1)) {
      try {
        servers.add(HostPort.parse(server.strip()));
      } catch (IllegalArgumentException e) {
        throw new CommandException("the server " + e.getMessage() + " (--server, ORRERY_SERVER)");
      }
    }
    return servers;
  }

  private static String first(
      @Nullable String flag, @Nullable String variable, @Nullable String user, String otherwise) {
    if (flag != null) {
      return flag;
    }
    if (variable != null && !variable.isEmpty()) {
      return variable;
    }
    return user != null ? user : otherwise;
  }

  private static Path file(
      @Nullable String flag, @Nullable String variable, @Nullable String user, Path otherwise) {
    Path file = Path.of(first(flag, variable, user, otherwise.toString()));
    if (!Files.isReadable(file)) {
      throw new CommandException(
          (Files.exists(file) ? "cannot read " : "there is no file ")
              + file
              + "; `bin/orrery certs init` makes a first set of certificates, and --ca, --cert and"
              + " --key (or ORRERY_CA, ORRERY_CERT, ORRERY_KEY) name others");
    }
    return file;
  }
}
