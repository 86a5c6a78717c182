package io.orrery.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Servers that cannot be reached or trusted, and certificates that are not taken. */
final class TrustIT {
  @TempDir static Path directory;
  private static FakeServer server;
  private static FakeServer stranger;

  @BeforeAll
  static void open() throws IOException {
    server = new FakeServer(directory.resolve("ours"));
    stranger = new FakeServer(directory.resolve("theirs"));
    FakeJobs.serve(server);
    FakeJobs.serve(stranger);
  }

  @AfterAll
  static void close() throws Exception {
    server.close();
    stranger.close();
  }

  private static Invocation status(String key, String value) {
    return new Invocation(server.environment()).with(key, value).run("status", "x");
  }

  @Test
  void aServerThatListensIsAsked() {
    assertThat(status("ORRERY_SERVER", server.address()).code()).isZero();
  }

  @Test
  void aServerOfAnotherAuthorityIsRefused() {
    Invocation status = status("ORRERY_SERVER", stranger.address());

    assertThat(status.code()).isEqualTo(125);
    assertThat(status.err()).contains("is not made by the authority of your --ca");
  }

  @Test
  void aCertificateOfAnotherAuthorityIsNotTaken() {
    Invocation status =
        new Invocation(server.environment())
            .with("ORRERY_CERT", stranger.file("admin.crt").toString())
            .with("ORRERY_KEY", stranger.file("admin.key").toString())
            .run("status", "x");

    assertThat(status.code()).isEqualTo(125);
    assertThat(status.err()).contains("your certificate");
  }

  @Test
  void aServerUnderAnotherNameIsRefused() {
    String port = server.address().substring(server.address().indexOf(':'));
    Invocation status = status("ORRERY_SERVER", "127.0.0.2" + port);

    assertThat(status.code()).isEqualTo(125);
    assertThat(status.err()).contains("cannot reach 127.0.0.2" + port);
  }

  /** An address that nobody listens at. */
  private static String gone() throws IOException {
    try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return "127.0.0.1:" + free.getLocalPort();
    }
  }

  @Test
  void aServerThatIsNotThereIsNamed() throws IOException {
    String address = gone();
    Invocation status = status("ORRERY_SERVER", address);

    assertThat(status.code()).isEqualTo(125);
    assertThat(status.err())
        .startsWith("orrery: cannot reach " + address + ": Connection refused")
        .contains("is a scheduler running there");
  }

  @Test
  void theSecondServerAnswersWhereTheFirstIsGone() throws IOException {
    assertThat(status("ORRERY_SERVER", gone() + "," + server.address()).code()).isZero();
  }

  @Test
  void aKeyThatIsNoneIsNamed() throws IOException {
    Path broken = Files.writeString(directory.resolve("broken.key"), "no key\n");
    Invocation status = status("ORRERY_KEY", broken.toString());

    assertThat(status.code()).isEqualTo(125);
    assertThat(status.err()).contains(broken.toString());
  }

  @Test
  void nothingIsAskedWithoutCertificates() {
    Invocation status =
        new Invocation(Map.of("ORRERY_HOME", directory.resolve("empty").toString()))
            .run("status", "x");

    assertThat(status.code()).isEqualTo(125);
    assertThat(status.err()).contains("there is no file").contains("orrery certs init");
  }
}
