package io.orrery.launch;

import static org.assertj.core.api.Assertions.assertThat;

import io.orrery.fleet.Fleet;
import io.orrery.security.CertificateAuthority;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What somebody sees who talks to the servers with curl and openssl, with the right means or not.
 */
final class TlsByHandIT {
  private static final String HEALTH = "/grpc.health.v1.Health/Check";

  @TempDir private static Path directory;
  private static Fleet fleet;
  private static List<Integer> ports;

  @BeforeAll
  static void start() throws Exception {
    fleet = Fleet.start(directory);
    ports = List.of(fleet.schedulerPort(), fleet.startWorker("w1").port());
    new CertificateAuthority(directory.resolve("other"), InstantSource.system())
        .init(CertificateAuthority.FIRST_IDENTITIES, List.of(), false);
    // An empty message in a frame: not compressed, of length 0.
    Files.write(directory.resolve("empty"), new byte[5]);
  }

  @AfterAll
  static void stop() throws Exception {
    fleet.close();
  }

  private record Outcome(int exit, String text) {}

  private static Outcome run(String... command) throws Exception {
    try (Launched program = Launched.start(directory, Map.of(), List.of(command))) {
      return new Outcome(program.exitCode(), program.text());
    } catch (IOException missing) {
      String hint = command[0] + " is missing; install it with: apt-get install curl openssl";
      throw new AssertionError(hint, missing);
    }
  }

  private static Outcome curl(int port, String path, String... options) throws Exception {
    List<String> command = new ArrayList<>(List.of("curl", "-sS", "--max-time", "60"));
    command.addAll(List.of(options));
    command.add("https://127.0.0.1:" + port + path);
    return run(command.toArray(String[]::new));
  }

  /** Checks the server's chain and that it is this host's. */
  private static Outcome openssl(int port, String... options) throws Exception {
    List<String> command =
        new ArrayList<>(List.of("openssl", "s_client", "-connect", "127.0.0.1:" + port));
    command.addAll(List.of("-CAfile", "certs/ca.crt", "-verify_return_error"));
    command.addAll(List.of("-verify_ip", "127.0.0.1"));
    command.addAll(List.of(options));
    return run(command.toArray(String[]::new));
  }

  private static Outcome grpc(int port, String path, String name) throws Exception {
    return curl(
        port,
        path,
        "--http2",
        "--cacert",
        "certs/ca.crt",
        "--cert",
        "certs/" + name + ".crt",
        "--key",
        "certs/" + name + ".key",
        "-H",
        "content-type: application/grpc",
        "-H",
        "te: trailers",
        "--data-binary",
        "@empty",
        "--output",
        "answer",
        "--dump-header",
        "-");
  }

  @Test
  void curlCanAskForTheHealth() throws Exception {
    for (int port : ports) {
      Outcome outcome = grpc(port, HEALTH, "admin");

      assertThat(outcome.exit()).as(outcome.text()).isZero();
      assertThat(outcome.text()).startsWith("HTTP/2 200").contains("grpc-status: 0");
      // A frame of two bytes: field 1, the status, is 1, SERVING.
      assertThat(Files.readAllBytes(directory.resolve("answer")))
          .containsExactly(0, 0, 0, 0, 2, 8, 1);
    }
  }

  @Test
  void aRoleThatMayNotMakeACallIsTold() throws Exception {
    Outcome outcome = grpc(ports.getFirst(), "/orrery.v1.Scheduler/ListWorkers", "w1");

    assertThat(outcome.text()).startsWith("HTTP/2 200").contains("grpc-status: 7", "ListWorkers");
  }

  @Test
  void whoShowsNoCertificateIsToldThatOneIsRequired() throws Exception {
    for (int port : ports) {
      assertThat(curl(port, HEALTH, "--cacert", "certs/ca.crt").exit()).isNotZero();
      Outcome outcome = openssl(port, "-ign_eof");

      assertThat(outcome.exit()).isEqualTo(1);
      assertThat(outcome.text()).contains("alert certificate required");
    }
  }

  @Test
  void aCertificateOfAnotherAuthorityIsRefused() throws Exception {
    for (int port : ports) {
      Outcome outcome =
          openssl(port, "-cert", "other/admin.crt", "-key", "other/admin.key", "-ign_eof");

      assertThat(outcome.exit()).isEqualTo(1);
      assertThat(outcome.text()).containsPattern("alert (bad certificate|unknown ca)");
    }
  }

  @Test
  void aClientOfAnotherAuthorityDoesNotTrustTheServers() throws Exception {
    for (int port : ports) {
      Outcome outcome = curl(port, HEALTH, "--http2", "--cacert", "other/ca.crt");

      assertThat(outcome.exit()).isEqualTo(60);
    }
  }

  @Test
  void olderTlsIsRefusedWithThatWord() throws Exception {
    for (int port : ports) {
      Outcome outcome =
          openssl(port, "-cert", "certs/admin.crt", "-key", "certs/admin.key", "-tls1_2");

      assertThat(outcome.exit()).isEqualTo(1);
      assertThat(outcome.text())
          .contains("alert protocol version", "no peer certificate available");
    }
  }

  @Test
  void opensslFindsTheChainTheNamesAndTheProtocolInOrder() throws Exception {
    for (int port : ports) {
      Outcome outcome =
          openssl(port, "-cert", "certs/admin.crt", "-key", "certs/admin.key", "-alpn", "h2");

      assertThat(outcome.exit()).as(outcome.text()).isZero();
      assertThat(outcome.text())
          .contains("Verification: OK", "New, TLSv1.3", "ALPN protocol: h2", "Orrery CA");
    }
  }

  @Test
  void plainHttpGetsNoAnswer() throws Exception {
    for (int port : ports) {
      Outcome outcome = run("curl", "-sS", "-i", "http://127.0.0.1:" + port + HEALTH);

      assertThat(outcome.exit()).isNotZero();
      assertThat(outcome.text()).doesNotContain("HTTP/");
    }
  }
}
