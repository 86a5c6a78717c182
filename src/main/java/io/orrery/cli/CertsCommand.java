package io.orrery.cli;

import io.orrery.config.ConfigFile;
import io.orrery.security.CertificateAuthority;
import io.orrery.security.Identity;
import io.orrery.security.IdentityException;
import io.orrery.security.Role;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Makes certificates. */
@Command(name = "certs", description = "make certificates: init for a first set, issue for more")
final class CertsCommand {
  private final Session session;

  @SuppressWarnings("UnusedVariable") // picocli reads it
  @Mixin
  private final HelpFlag help = new HelpFlag();

  CertsCommand(Session session) {
    this.session = session;
  }

  /** The flags of both. */
  static final class Place {
    @Option(
        names = "--dir",
        paramLabel = "DIR",
        description = "where the files are; certs of the installation unless given")
    private @Nullable Path directory;

    @Option(
        names = "--host",
        paramLabel = "HOST",
        description = "a host name or address that others dial it by; may be repeated")
    private List<String> hosts = new ArrayList<>();

    @Option(names = "--force", description = "replace files that are there")
    private boolean force;

    @SuppressWarnings("UnusedVariable") // picocli reads it
    @Mixin
    private final HelpFlag help = new HelpFlag();

    private CertificateAuthority authority() {
      Path certs = directory == null ? ConfigFile.home().resolve("certs") : directory;
      return new CertificateAuthority(certs, InstantSource.system());
    }
  }

  @Command(
      name = "init",
      description =
          "make an authority, and certificates for a scheduler, a worker and an administrator")
  int init(@Mixin Place place) throws IOException {
    return tell(
        place.authority().init(CertificateAuthority.FIRST_IDENTITIES, place.hosts, place.force));
  }

  @Command(name = "issue", description = "make one more certificate, signed by the authority")
  int issue(
      @Mixin Place place,
      @Option(
              names = "--role",
              required = true,
              paramLabel = "ROLE",
              description = "scheduler, worker, admin, operator or viewer")
          String role,
      @Option(
              names = "--name",
              required = true,
              paramLabel = "NAME",
              description = "the name of the worker or person, and of the files")
          String name,
      @Option(
              names = "--validity",
              paramLabel = "TIME",
              description = "how long it is valid, like 90d; a year unless given")
          @Nullable Duration validity)
      throws IOException {
    Identity identity;
    try {
      identity = new Identity(Role.parse(role), name);
    } catch (IdentityException | IllegalArgumentException e) {
      throw new CommandException(String.valueOf(e.getMessage()));
    }
    Duration length = validity == null ? CertificateAuthority.VALIDITY : validity;
    return tell(place.authority().issue(identity, place.hosts, length, place.force));
  }

  private int tell(List<Path> files) {
    files.forEach(file -> session.console().print(file + "\n"));
    return ExitCode.SUCCESS;
  }
}
