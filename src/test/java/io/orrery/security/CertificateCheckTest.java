package io.orrery.security;

import static org.assertj.core.api.Assertions.assertThat;

import io.orrery.config.Problems;
import io.orrery.config.TlsFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class CertificateCheckTest {
  private static final TestAuthority AUTHORITY = TestAuthority.create();

  @TempDir Path directory;
  private Path ca = Path.of("");
  private Path cert = Path.of("");
  private Path key = Path.of("");

  @BeforeEach
  void writeFilesThatFit() {
    ca = TestAuthority.write(directory, "ca", AUTHORITY.own());
    cert =
        TestAuthority.write(
            directory, "worker", AUTHORITY.issue(TestAuthority.party(Role.WORKER, "localhost")));
    key = directory.resolve("worker.key");
  }

  @Test
  void filesThatFitHaveNoProblem() {
    assertThat(problems(Role.WORKER, InstantSource.system())).isEmpty();
    Problems problems = new Problems();
    CertificateCheck.ofAnyRole(InstantSource.system()).check(new TlsFiles(ca, cert, key), problems);
    assertThat(problems.list()).isEmpty();
  }

  @Test
  void anotherRoleIsAProblem() {
    assertThat(problems(Role.SCHEDULER, InstantSource.system()))
        .containsExactly(
            "tls.cert: " + cert + " is for the role worker, not for the role scheduler");
  }

  @Test
  void theKeyOfAnotherCertificateIsAProblem() {
    key = ca.resolveSibling("ca.key");
    assertThat(problems())
        .containsExactly("tls.key: " + key + " is not the key of the certificate " + cert);
  }

  @Test
  void anotherAuthorityOfTheSameNameIsAProblem() {
    ca = TestAuthority.write(directory, "other", TestAuthority.create().own());
    assertThat(problems())
        .singleElement()
        .asString()
        .startsWith("tls.cert: " + cert + " was not issued by the authority in " + ca);
  }

  @Test
  void aCertificateOutOfItsTimeIsAProblem() {
    Instant late = TestAuthority.FUTURE.plusSeconds(60);
    assertThat(problems(Role.WORKER, InstantSource.fixed(late)))
        .hasSize(2)
        .anySatisfy(p -> assertThat(p).startsWith("tls.cert: " + cert + " expired at "))
        .anySatisfy(p -> assertThat(p).startsWith("tls.ca: " + ca + " expired at "));
    Instant early = TestAuthority.PAST.minusSeconds(60);
    assertThat(problems(Role.WORKER, InstantSource.fixed(early)))
        .hasSize(2)
        .allSatisfy(p -> assertThat(p).contains(" is valid only from "));
  }

  @Test
  void aCertificateWithoutIdentityIsAProblem() {
    cert =
        TestAuthority.write(
            directory,
            "worker",
            AUTHORITY.issue(
                new LeafSpec(
                    "x", List.of(), List.of("h"), true, TestAuthority.PAST, TestAuthority.FUTURE)));
    assertThat(problems())
        .containsExactly("tls.cert: " + cert + ": the certificate names no identity (no URI)");
  }

  @Test
  void aMissingFileIsToldOnceWithTheOtherProblems() throws IOException {
    Files.delete(ca);
    Files.writeString(key, "-----BEGIN EC PRIVATE KEY-----\nAAAA\n-----END EC PRIVATE KEY-----\n");
    assertThat(problems())
        .containsExactly(
            "tls.ca: there is no file " + ca + "; make it with: bin/orrery certs init",
            "tls.key: "
                + key
                + " is not an unencrypted PKCS#8 key (BEGIN PRIVATE KEY); convert it with:"
                + " openssl pkcs8 -topk8 -nodes");
  }

  @Test
  void aFileThatHoldsSomethingElseIsAProblemThatDoesNotQuoteIt() throws IOException {
    Files.writeString(ca, "");
    Files.writeString(cert, "-----BEGIN CERTIFICATE-----\nc2VjcmV0\n-----END CERTIFICATE-----\n");
    assertThat(problems())
        .containsExactly(
            "tls.ca: " + ca + " holds no certificate",
            "tls.cert: " + cert + " does not hold PEM certificates");
    writeFilesThatFit();
    Files.writeString(key, "-----BEGIN PRIVATE KEY-----\nc2VjcmV0\n-----END PRIVATE KEY-----\n");
    assertThat(problems())
        .containsExactly(
            "tls.key: " + key + " does not hold a key for the certificate's algorithm, EC");
  }

  private List<String> problems() {
    return problems(Role.WORKER, InstantSource.system());
  }

  private List<String> problems(Role role, InstantSource clock) {
    Problems problems = new Problems();
    CertificateCheck.of(role, clock).check(new TlsFiles(ca, cert, key), problems);
    return problems.list();
  }
}
