package io.orrery.rpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.orrery.config.TlsFiles;
import io.orrery.fleet.LogLines;
import io.orrery.security.Role;
import io.orrery.security.TestParties;
import io.orrery.security.Tls;
import io.orrery.v1.QueryJobRequest;
import io.orrery.v1.QueryJobResponse;
import io.orrery.v1.WorkerGrpcClient;
import io.orrery.v1.WorkerGrpcService;
import io.vertx.core.Future;
import io.vertx.core.http.HttpClientOptions;
import java.io.IOException;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A peer that TLS refuses leaves a line that says from where it came and why. */
final class RefusedHandshakeIT {
  @TempDir Path directory;
  @TempDir Path elsewhere;
  private RpcHarness harness;
  private LogLines log;

  @BeforeEach
  void serve() throws Exception {
    harness = new RpcHarness(directory);
    harness.serve(
        RpcLimits.DEFAULT,
        server ->
            server.unary(
                WorkerGrpcService.QueryJob,
                (_, _) -> Future.succeededFuture(QueryJobResponse.getDefaultInstance())));
    log = new LogLines(RefusedHandshakes.class.getName());
  }

  @AfterEach
  void close() throws Exception {
    log.close();
    harness.close();
  }

  private void query(HttpClientOptions options) throws Exception {
    RpcClient.create(harness.vertx, options)
        .call(
            harness.address(),
            RpcHarness.SCHEDULER,
            WorkerGrpcClient.QueryJob,
            QueryJobRequest.getDefaultInstance(),
            CallOptions.within(Duration.ofSeconds(5)))
        .await(10, TimeUnit.SECONDS);
  }

  private String line() throws Exception {
    RpcHarness.await("the line", () -> !log.with().isEmpty());
    assertThat(log.with()).hasSize(1);
    return log.with().getFirst();
  }

  @Test
  void aPeerWithoutACertificate() throws Exception {
    TlsFiles own = harness.parties.party(Role.ADMIN, "anna");
    assertThatThrownBy(() -> query(Tls.client(own).setKeyCertOptions(null)));

    assertThat(line())
        .matches("TLS handshake with 127\\.0\\.0\\.1:\\d+ failed: .*(?i)certificate.*");
  }

  @Test
  void aPeerOfAnotherAuthority() throws Exception {
    TlsFiles foreign = new TestParties(elsewhere).party(Role.ADMIN, "anna");
    TlsFiles trusting = new TlsFiles(directory.resolve("ca.crt"), foreign.cert(), foreign.key());
    assertThatThrownBy(() -> query(Tls.client(trusting)));

    assertThat(line()).matches("TLS handshake with 127\\.0\\.0\\.1:\\d+ failed: .*trust anchors.*");
  }

  @Test
  void aPeerThatSpeaksPlainTextWithoutWhatItSaid() throws Exception {
    try (Socket socket = new Socket("127.0.0.1", harness.port())) {
      socket
          .getOutputStream()
          .write("GET /secret HTTP/1.1\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
      assertThat(line())
          .isEqualTo(
              "TLS handshake with 127.0.0.1:"
                  + socket.getLocalPort()
                  + " failed: what it sent is not TLS");
    }
  }

  @Test
  void manyAreOneLineAndOursAreServed() throws Exception {
    for (int i = 0; i < 50; i++) {
      try (Socket socket = new Socket("127.0.0.1", harness.port())) {
        socket
            .getOutputStream()
            .write("GET / HTTP/1.1\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
        awaitEnd(socket);
      }
    }
    query(Tls.client(harness.parties.party(Role.ADMIN, "anna")));

    assertThat(log.with()).hasSizeBetween(1, 10); // one a second
  }

  /** Returns when the server has closed, maybe after an alert. */
  private static void awaitEnd(Socket socket) throws IOException {
    socket.setSoTimeout(10_000);
    try {
      socket.getInputStream().readAllBytes();
    } catch (SocketException reset) {
      assertThat(reset).hasMessageContaining("reset");
    }
  }
}
