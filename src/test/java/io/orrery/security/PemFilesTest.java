package io.orrery.security;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.orrery.config.ConfigurationException;
import io.orrery.config.TlsFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class PemFilesTest {
  @TempDir Path directory;
  private TlsFiles files = new TlsFiles(Path.of(""), Path.of(""), Path.of(""));

  @BeforeEach
  void writeFiles() {
    TestAuthority authority = TestAuthority.create();
    files =
        new TlsFiles(
            TestAuthority.write(directory, "ca", authority.own()),
            TestAuthority.write(
                directory, "admin", authority.issue(TestAuthority.party(Role.ADMIN))),
            directory.resolve("admin.key"));
  }

  @Test
  void aContextIsMadeOfThreeFiles() {
    assertThat(PemFiles.sslContext(files).getProtocol()).isEqualTo("TLSv1.3");
    assertThat(PemFiles.parameters().getProtocols()).containsExactly("TLSv1.3");
  }

  @Test
  void aMissingFileIsNamedWithTheCommandThatMakesIt() throws IOException {
    Files.delete(files.key());
    assertThatExceptionOfType(ConfigurationException.class)
        .isThrownBy(() -> PemFiles.sslContext(files))
        .withMessage(
            "The client's TLS setup has 1 problem:\n  there is no file "
                + files.key()
                + "; make it with: bin/orrery certs init");
  }

  @Test
  void aFileThatHoldsSomethingElseIsNamedAndNotQuoted() throws IOException {
    Files.writeString(files.ca(), "secret");
    assertThatExceptionOfType(ConfigurationException.class)
        .isThrownBy(() -> PemFiles.sslContext(files))
        .withMessageContaining(files.ca().toString())
        .withMessageNotContaining("secret");
  }

  @Test
  void keysOfRsaAreReadAsWell() throws Exception {
    KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
    generator.initialize(2048);
    KeyPair pair = generator.generateKeyPair();
    Files.writeString(
        files.key(), "# mine\n" + Pem.encode(Pem.PRIVATE_KEY, pair.getPrivate().getEncoded()));
    assertThat(CertificateCheck.matches(Pem.privateKey(files.key(), "RSA"), pair.getPublic()))
        .isTrue();
  }
}
