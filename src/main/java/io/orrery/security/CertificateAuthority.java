package io.orrery.security;

import io.orrery.config.HostPort;
import io.orrery.config.Problems;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.stream.Stream;

/**
 * Makes certificates in one directory: the authority's as {@code ca.crt} and {@code ca.key}, the
 * others as {@code <name>.crt} and {@code <name>.key}. Keys are for their owner only, from their
 * first byte on; nothing is overwritten unless forced.
 */
public final class CertificateAuthority {
  /** How long an authority is valid. */
  public static final Duration AUTHORITY_VALIDITY = Duration.ofDays(3650);

  /** How long another certificate is valid unless told otherwise. */
  public static final Duration VALIDITY = Duration.ofDays(365);

  /** What {@link #init} makes for a first scheduler, worker and administrator. */
  public static final List<Identity> FIRST_IDENTITIES =
      Stream.of(Role.SCHEDULER, Role.WORKER, Role.ADMIN)
          .map(role -> new Identity(role, role.toString()))
          .toList();

  private static final List<String> LOOPBACK = List.of("localhost", "127.0.0.1", "::1");
  private static final String NAME = "ca";
  // A peer whose clock is a little behind must not find a new certificate "not yet valid".
  private static final Duration CLOCK_SKEW = Duration.ofMinutes(5);

  private final Path directory;
  private final InstantSource clock;

  public CertificateAuthority(Path directory, InstantSource clock) {
    this.directory = directory;
    this.clock = clock;
  }

  /**
   * Makes a new authority and certificates for the identities; those that serve get the loopback
   * names and the given hosts.
   *
   * @param force replaces files that exist; what the old authority signed is then worthless
   * @return the files made
   * @throws io.orrery.config.ConfigurationException if files exist or a host is not one; nothing
   *     was changed then
   */
  public List<Path> init(List<Identity> identities, List<String> hosts, boolean force)
      throws IOException {
    List<String> names = new ArrayList<>(List.of(NAME));
    identities.forEach(identity -> names.add(identity.name()));
    Problems problems = new Problems();
    checkNames(identities, problems);
    checkHosts(hosts, problems);
    checkFree(names, force, problems);
    problems.throwIfAny("The request for certificates");

    List<String> served = Stream.concat(LOOPBACK.stream(), hosts.stream()).distinct().toList();
    Instant now = clock.instant();
    try (NewFiles files = new NewFiles(directory)) {
      KeyedCertificate ca =
          Issuer.authority("Orrery CA", now.minus(CLOCK_SKEW), now.plus(AUTHORITY_VALIDITY));
      add(files, NAME, ca);
      Issuer issuer = new Issuer(ca.certificate(), ca.key());
      for (Identity identity : identities) {
        List<String> own = identity.role().serves() ? served : List.of();
        add(files, identity.name(), issuer.issue(spec(identity, own, now.plus(VALIDITY))));
      }
      return files.publish();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("this Java cannot make ECDSA certificates", e);
    }
  }

  /**
   * Makes one certificate, signed by the authority of the directory.
   *
   * @param hosts DNS names and IP addresses; at least one for a role that serves, none for others
   * @param validity from now; cut to the authority's own end
   * @return the files made
   * @throws io.orrery.config.ConfigurationException if the authority is missing or unusable, files
   *     exist, or the hosts do not fit; nothing was changed then
   */
  public List<Path> issue(Identity identity, List<String> hosts, Duration validity, boolean force)
      throws IOException {
    Problems problems = new Problems();
    checkNames(List.of(identity), problems);
    checkHosts(hosts, problems);
    checkHostsFit(identity.role(), hosts, problems);
    if (!validity.isPositive()) {
      problems.add("validity", "must be longer than nothing");
    }
    checkFree(List.of(identity.name()), force, problems);
    problems.throwIfAny("The request for a certificate");

    KeyedCertificate ca = load();
    Instant end = clock.instant().plus(validity);
    Instant last = ca.certificate().getNotAfter().toInstant();
    try (NewFiles files = new NewFiles(directory)) {
      Issuer issuer = new Issuer(ca.certificate(), ca.key());
      LeafSpec spec = spec(identity, hosts, end.isBefore(last) ? end : last);
      add(files, identity.name(), issuer.issue(spec));
      return files.publish();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("this Java cannot make ECDSA certificates", e);
    }
  }

  private KeyedCertificate load() throws IOException {
    Path certificateFile = directory.resolve(NAME + ".crt");
    Path keyFile = directory.resolve(NAME + ".key");
    Problems problems = new Problems();
    for (Path file : List.of(certificateFile, keyFile)) {
      if (!Files.isReadable(file)) {
        problems.add(
            file.toString(), "is missing or unreadable; bin/orrery certs init makes an authority");
      }
    }
    problems.throwIfAny("The certificate authority");
    try {
      X509Certificate certificate = Pem.certificates(certificateFile).getFirst();
      PrivateKey key = Pem.privateKey(keyFile, "EC");
      if (!CertificateCheck.matches(key, certificate.getPublicKey())) {
        problems.add(keyFile.toString(), "is not the key of " + certificateFile);
      }
      if (certificate.getNotAfter().toInstant().isBefore(clock.instant())) {
        problems.add(
            certificateFile.toString(),
            "expired; bin/orrery certs init --force makes a new authority and new certificates");
      }
      problems.throwIfAny("The certificate authority");
      return new KeyedCertificate(certificate, key);
    } catch (GeneralSecurityException e) {
      problems.add(NAME, String.valueOf(e.getMessage()));
      problems.throwIfAny("The certificate authority");
      throw new AssertionError(e);
    }
  }

  private LeafSpec spec(Identity identity, List<String> hosts, Instant notAfter) {
    return new LeafSpec(
        identity.name(),
        List.of(identity.uri()),
        List.copyOf(new LinkedHashSet<>(hosts)),
        identity.role().serves(),
        clock.instant().minus(CLOCK_SKEW),
        notAfter);
  }

  private static void add(NewFiles files, String name, KeyedCertificate made)
      throws IOException, GeneralSecurityException {
    files.add(name + ".key", made.keyPem(), NewFiles.SECRET);
    files.add(name + ".crt", made.certificatePem(), NewFiles.PUBLIC);
  }

  private void checkFree(List<String> names, boolean force, Problems problems) {
    if (force) {
      return;
    }
    for (String name : names) {
      for (String file : List.of(name + ".crt", name + ".key")) {
        Path path = directory.resolve(file);
        if (Files.exists(path, LinkOption.NOFOLLOW_LINKS)) {
          problems.add(path.toString(), "exists already; --force replaces it");
        }
      }
    }
  }

  private static void checkNames(List<Identity> identities, Problems problems) {
    LinkedHashSet<String> seen = new LinkedHashSet<>(List.of(NAME));
    for (Identity identity : identities) {
      if (!seen.add(identity.name())) {
        problems.add("name", "\"" + identity.name() + "\" is taken: its files have that name");
      }
    }
  }

  private static void checkHosts(List<String> hosts, Problems problems) {
    for (String host : hosts) {
      if (!HostPort.isHost(host)) {
        problems.add("host", "\"" + host + "\" is not a host name or IP address");
      }
    }
  }

  private static void checkHostsFit(Role role, List<String> hosts, Problems problems) {
    if (role.serves() && hosts.isEmpty()) {
      problems.add("host", "a " + role + " is dialled by name: give at least one --host");
    } else if (!role.serves() && !hosts.isEmpty()) {
      problems.add("host", "a certificate of the role " + role + " has no host names");
    }
  }
}
