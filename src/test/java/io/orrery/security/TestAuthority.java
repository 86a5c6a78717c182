package io.orrery.security;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.List;

/** An authority in memory that signs whatever a test wants, also what the real one would not. */
final class TestAuthority {
  static final Instant PAST = Instant.now().minus(Duration.ofDays(2));
  static final Instant FUTURE = Instant.now().plus(Duration.ofDays(2));

  private final KeyedCertificate own;

  private TestAuthority(KeyedCertificate own) {
    this.own = own;
  }

  static TestAuthority create() {
    try {
      return new TestAuthority(Issuer.authority("Orrery CA", PAST, FUTURE));
    } catch (GeneralSecurityException | IOException e) {
      throw new IllegalStateException(e);
    }
  }

  KeyedCertificate own() {
    return own;
  }

  KeyedCertificate issue(LeafSpec spec) {
    try {
      return new Issuer(own.certificate(), own.key()).issue(spec);
    } catch (GeneralSecurityException | IOException e) {
      throw new IllegalStateException(e);
    }
  }

  X509Certificate certificate(String... uris) {
    return issue(new LeafSpec("somebody", List.of(uris), List.of(), false, PAST, FUTURE))
        .certificate();
  }

  /** A party of the role with valid dates and the host names. */
  static LeafSpec party(Role role, String... hosts) {
    List<String> uris = List.of(new Identity(role, "test").uri());
    return new LeafSpec("test", uris, List.of(hosts), role.serves(), PAST, FUTURE);
  }

  /** Writes the certificate of an authority as {@code <name>.crt}. */
  static Path write(Path directory, String name, KeyedCertificate made) {
    try {
      Path file = directory.resolve(name + ".crt");
      Files.writeString(file, made.certificatePem());
      Files.writeString(directory.resolve(name + ".key"), made.keyPem());
      return file;
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
