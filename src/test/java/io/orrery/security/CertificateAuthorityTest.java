package io.orrery.security;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.orrery.config.ConfigurationException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.Security;
import java.security.cert.CertPathValidator;
import java.security.cert.CertificateFactory;
import java.security.cert.PKIXParameters;
import java.security.cert.TrustAnchor;
import java.security.cert.X509Certificate;
import java.security.interfaces.ECPublicKey;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class CertificateAuthorityTest {
  private static final Instant NOW = Instant.now().truncatedTo(ChronoUnit.SECONDS);
  private static final String SERVER_AUTH = "1.3.6.1.5.5.7.3.1";
  private static final String CLIENT_AUTH = "1.3.6.1.5.5.7.3.2";

  @TempDir Path parent;
  private Path directory = Path.of("");
  private CertificateAuthority authority =
      new CertificateAuthority(directory, InstantSource.fixed(NOW));

  @BeforeEach
  void nameTheDirectory() {
    directory = parent.resolve("certs");
    authority = new CertificateAuthority(directory, InstantSource.fixed(NOW));
  }

  @Test
  void initMakesAnAuthorityAndThreePartiesThatTheJdkAccepts() throws Exception {
    init(false);
    for (String name : List.of("scheduler", "worker", "admin")) {
      X509Certificate leaf = certificate(name);
      validate(leaf);
      assertThat(CertificateCheck.matches(key(name), leaf.getPublicKey())).isTrue();
      assertThat(Identity.of(leaf)).hasToString("spiffe://orrery/" + name + "/" + name);
      assertThat(leaf.getBasicConstraints()).isEqualTo(-1);
      assertThat(leaf.getSigAlgName()).isEqualTo("SHA256withECDSA");
      assertThat(leaf.getSerialNumber().signum()).isPositive();
      assertThat(leaf.getSerialNumber().bitLength()).isBetween(64, 128);
      assertThat(leaf.getNotBefore().toInstant()).isEqualTo(NOW.minusSeconds(300));
      assertThat(leaf.getNotAfter().toInstant()).isEqualTo(NOW.plus(Duration.ofDays(365)));
      assertThat(
              ((ECPublicKey) leaf.getPublicKey()).getParams().getCurve().getField().getFieldSize())
          .isEqualTo(256);
    }
  }

  @Test
  void theAuthoritySignsLeavesOnly() throws Exception {
    init(false);
    X509Certificate ca = certificate("ca");
    assertThat(ca.getBasicConstraints()).isZero();
    assertThat(ca.getKeyUsage())
        .containsExactly(false, false, false, false, false, true, true, false, false);
    assertThat(ca.getCriticalExtensionOIDs()).containsExactlyInAnyOrder("2.5.29.15", "2.5.29.19");
    assertThat(ca.getNotAfter().toInstant()).isEqualTo(NOW.plus(Duration.ofDays(3650)));
  }

  @Test
  void whoServesHasHostNamesAndBothPurposesAndClientsHaveNeither() throws Exception {
    init(false);
    for (String name : List.of("scheduler", "worker")) {
      assertThat(certificate(name).getExtendedKeyUsage()).containsExactly(SERVER_AUTH, CLIENT_AUTH);
      assertThat(hosts(name))
          .containsExactlyInAnyOrder(
              "localhost", "127.0.0.1", "0:0:0:0:0:0:0:1", "a.example", "10.1.2.3");
    }
    assertThat(certificate("admin").getExtendedKeyUsage()).containsExactly(CLIENT_AUTH);
    assertThat(hosts("admin")).isEmpty();
  }

  @Test
  void keysAndTheDirectoryAreForTheirOwnerOnly() throws IOException {
    init(false);
    assertThat(modes())
        .containsOnly(
            Map.entry("admin.crt", "rw-r--r--"),
            Map.entry("admin.key", "rw-------"),
            Map.entry("ca.crt", "rw-r--r--"),
            Map.entry("ca.key", "rw-------"),
            Map.entry("scheduler.crt", "rw-r--r--"),
            Map.entry("scheduler.key", "rw-------"),
            Map.entry("worker.crt", "rw-r--r--"),
            Map.entry("worker.key", "rw-------"));
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(directory)))
        .isEqualTo("rwx------");
  }

  @Test
  void nothingIsOverwrittenUnlessForced() throws IOException {
    Files.createDirectories(directory);
    Files.writeString(directory.resolve("worker.key"), "mine");
    assertThatExceptionOfType(ConfigurationException.class)
        .isThrownBy(() -> init(false))
        .withMessage(
            "The request for certificates has 1 problem:\n  "
                + directory.resolve("worker.key")
                + ": exists already; --force replaces it");
    assertThat(modes()).containsOnlyKeys("worker.key");

    init(true);
    assertThat(modes()).hasSize(8).containsEntry("worker.key", "rw-------");
    assertThat(directory.resolve("worker.key")).content().startsWith("-----BEGIN PRIVATE KEY-----");
  }

  @Test
  void initWithForceReplacesTheAuthority() throws Exception {
    init(false);
    X509Certificate old = certificate("admin");
    init(true);
    assertThatExceptionOfType(GeneralSecurityException.class).isThrownBy(() -> validate(old));
    validate(certificate("admin"));
  }

  @Test
  void issueMakesOneMore() throws Exception {
    init(false);
    Identity identity = new Identity(Role.WORKER, "build-7");
    assertThat(authority.issue(identity, List.of("b7.example"), Duration.ofDays(30), false))
        .containsExactly(directory.resolve("build-7.key"), directory.resolve("build-7.crt"));
    X509Certificate leaf = certificate("build-7");
    validate(leaf);
    assertThat(Identity.of(leaf)).isEqualTo(identity);
    assertThat(hosts("build-7")).containsExactly("b7.example");
    assertThat(leaf.getNotAfter().toInstant()).isEqualTo(NOW.plus(Duration.ofDays(30)));
    assertThatExceptionOfType(ConfigurationException.class)
        .isThrownBy(
            () -> authority.issue(identity, List.of("b7.example"), Duration.ofDays(1), false))
        .satisfies(e -> assertThat(e.problems()).hasSize(2));
  }

  @Test
  void aCertificateEndsNoLaterThanItsAuthority() throws Exception {
    init(false);
    authority.issue(new Identity(Role.VIEWER, "v"), List.of(), Duration.ofDays(9999), false);
    assertThat(certificate("v").getNotAfter()).isEqualTo(certificate("ca").getNotAfter());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          VIEWER | ca | '' | P1D | name: "ca" is taken: its files have that name
          VIEWER | v | h | P1D | host: a certificate of the role viewer has no host names
          WORKER | w | '' | P1D | host: a worker is dialled by name: give at least one --host
          WORKER | w | https://h | P1D | host: "https://h" is not a host name or IP address
          WORKER | w | h | PT0S | validity: must be longer than nothing
          """)
  void aBadRequestIsRefused(Role role, String name, String host, Duration validity, String problem)
      throws IOException {
    init(false);
    List<String> hosts = host.isEmpty() ? List.of() : List.of(host);
    assertThatExceptionOfType(ConfigurationException.class)
        .isThrownBy(() -> authority.issue(new Identity(role, name), hosts, validity, true))
        .satisfies(e -> assertThat(e.problems()).containsExactly(problem));
    assertThat(modes()).hasSize(8);
  }

  @Test
  void withoutAnAuthorityTheMessageNamesTheCommandThatMakesOne() {
    assertThatExceptionOfType(ConfigurationException.class)
        .isThrownBy(
            () ->
                authority.issue(
                    new Identity(Role.ADMIN, "me"), List.of(), Duration.ofDays(1), false))
        .withMessageContaining(
            directory.resolve("ca.key")
                + ": is missing or unreadable; bin/orrery certs init makes an authority");
    assertThat(directory).doesNotExist();
  }

  @Test
  void theAuthoritysKeyMustBeTheOneOfItsCertificate() throws IOException {
    init(false);
    Files.copy(
        directory.resolve("admin.key"),
        directory.resolve("ca.key"),
        StandardCopyOption.REPLACE_EXISTING);
    assertThatExceptionOfType(ConfigurationException.class)
        .isThrownBy(
            () ->
                authority.issue(
                    new Identity(Role.ADMIN, "me"), List.of(), Duration.ofDays(1), false))
        .withMessageContaining("is not the key of " + directory.resolve("ca.crt"));
    assertThat(modes()).hasSize(8);
  }

  @Test
  void noSecurityProviderIsAdded() throws IOException {
    init(false);
    assertThat(Security.getProvider("BC")).isNull();
  }

  @Test
  void aKeyNeverPrints() {
    KeyedCertificate made = TestAuthority.create().own();
    assertThat(made.toString()).isEqualTo("KeyedCertificate[CN=Orrery CA, O=Orrery]");
  }

  private void init(boolean force) throws IOException {
    authority.init(
        CertificateAuthority.FIRST_IDENTITIES,
        List.of("a.example", "10.1.2.3", "localhost"),
        force);
  }

  private X509Certificate certificate(String name) throws IOException, GeneralSecurityException {
    return Pem.certificates(directory.resolve(name + ".crt")).getFirst();
  }

  private PrivateKey key(String name) throws IOException, GeneralSecurityException {
    return Pem.privateKey(directory.resolve(name + ".key"), "EC");
  }

  private void validate(X509Certificate leaf) throws IOException, GeneralSecurityException {
    PKIXParameters parameters =
        new PKIXParameters(Set.of(new TrustAnchor(certificate("ca"), null)));
    parameters.setRevocationEnabled(false);
    var path = CertificateFactory.getInstance("X.509").generateCertPath(List.of(leaf));
    CertPathValidator.getInstance("PKIX").validate(path, parameters);
  }

  /** The DNS names and addresses among the alternative names (RFC 5280: 2 and 7). */
  private List<String> hosts(String name) throws IOException, GeneralSecurityException {
    return certificate(name).getSubjectAlternativeNames().stream()
        .filter(n -> Set.of(2, 7).contains(n.get(0)))
        .map(n -> n.get(1).toString())
        .toList();
  }

  private Map<String, String> modes() throws IOException {
    try (var files = Files.list(directory)) {
      return files.collect(
          Collectors.toMap(
              file -> file.getFileName().toString(),
              CertificateAuthorityTest::mode,
              (a, _) -> a,
              TreeMap::new));
    }
  }

  private static String mode(Path file) {
    try {
      return PosixFilePermissions.toString(Files.getPosixFilePermissions(file));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
