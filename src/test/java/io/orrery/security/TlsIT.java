package io.orrery.security;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.orrery.config.TlsFiles;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServer;
import io.vertx.core.net.JdkSSLEngineOptions;
import io.vertx.core.net.OpenSSLEngineOptions;
import io.vertx.core.net.SSLEngineOptions;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Real handshakes over loopback; {@code boringSsl} says which engine both ends have. */
final class TlsIT {
  private static final TestAuthority AUTHORITY = TestAuthority.create();

  @TempDir Path directory;
  private final Vertx vertx = Vertx.vertx();
  private final AtomicInteger calls = new AtomicInteger();
  private final BlockingQueue<Throwable> refusals = new LinkedBlockingQueue<>();
  private final AtomicReference<String> caller = new AtomicReference<>("");

  @AfterEach
  void close() throws Exception {
    vertx.close().await(10, SECONDS);
  }

  @Test
  void boringSslIsThereWhereTheTestsRun() {
    assertThat(Tls.server(anyFiles()).getSslEngineOptions())
        .isInstanceOf(OpenSSLEngineOptions.class);
    assertThat(Tls.engine(false)).isInstanceOf(JdkSSLEngineOptions.class);
  }

  @Test
  void theOptionsPrintPathsAndNoKey() {
    TlsFiles files = anyFiles();
    assertThat(Tls.server(files).toJson().encode())
        .contains("scheduler.key")
        .doesNotContain("BEGIN");
    assertThat(Tls.client(files).toJson().encode())
        .contains("scheduler.key")
        .doesNotContain("BEGIN");
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void aPartyOfOurAuthorityIsServedOverHttp2AndKnownByItsIdentity(boolean boringSsl)
      throws Exception {
    int port = serve(boringSsl, server("localhost"));
    assertThat(get(boringSsl, port, party("admin", TestAuthority.party(Role.ADMIN))))
        .isEqualTo("HTTP_2 TLSv1.3");
    assertThat(caller.get()).isEqualTo("spiffe://orrery/admin/test");
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void aClientWithoutCertificateIsRefused(boolean boringSsl) throws Exception {
    int port = serve(boringSsl, server("localhost"));
    var options = Tls.client(anyFiles(), Tls.engine(boringSsl)).setKeyCertOptions(null);
    assertServerRefuses(
        () -> get(port, vertx.createHttpClient(options)),
        "PEER_DID_NOT_RETURN_A_CERTIFICATE|Empty client certificate chain");
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void aClientOfAnotherAuthorityOfTheSameNameIsRefused(boolean boringSsl) throws Exception {
    int port = serve(boringSsl, server("localhost"));
    TlsFiles foreign =
        files("foreign", TestAuthority.create().issue(TestAuthority.party(Role.ADMIN)));
    assertServerRefuses(() -> get(boringSsl, port, foreign), "signature check failed|trust anchor");
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void anExpiredClientIsRefused(boolean boringSsl) throws Exception {
    int port = serve(boringSsl, server("localhost"));
    TlsFiles expired = party("expired", dated(-3600, -60));
    assertServerRefuses(() -> get(boringSsl, port, expired), "CertificateExpiredException");
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void aClientThatIsNotYetValidIsRefused(boolean boringSsl) throws Exception {
    int port = serve(boringSsl, server("localhost"));
    TlsFiles early = party("early", dated(3600, 7200));
    assertServerRefuses(() -> get(boringSsl, port, early), "CertificateNotYetValidException");
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void aCertificateThatSignedItselfIsRefused(boolean boringSsl) throws Exception {
    int port = serve(boringSsl, server("localhost"));
    TlsFiles self = files("self", SelfSigned.create(TestAuthority.party(Role.ADMIN)));
    assertServerRefuses(() -> get(boringSsl, port, self), "signature check failed|trust anchor");
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void aServerOfAnotherHostNameIsRefusedByTheClient(boolean boringSsl) throws Exception {
    int port = serve(boringSsl, server("elsewhere.example"));
    assertClientRefuses(
        () -> get(boringSsl, port, party("admin", TestAuthority.party(Role.ADMIN))),
        "No subject alternative DNS name matching localhost");
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void aServerWithAClientsCertificateIsRefusedByTheClient(boolean boringSsl) throws Exception {
    var client = TestAuthority.party(Role.ADMIN, "localhost");
    int port = serve(boringSsl, party("scheduler", client));
    assertClientRefuses(
        () -> get(boringSsl, port, party("admin", TestAuthority.party(Role.ADMIN))),
        "Extended key usage does not permit use for TLS server");
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void aClientThatKnowsOnlyTls12IsRefused(boolean boringSsl) throws Exception {
    int port = serve(boringSsl, server("localhost"));
    TlsFiles admin = party("admin", TestAuthority.party(Role.ADMIN));
    var options =
        Tls.client(admin, Tls.engine(boringSsl))
            .setEnabledSecureTransportProtocols(Set.of("TLSv1.2"));
    assertServerRefuses(
        () -> get(port, vertx.createHttpClient(options)), "UNSUPPORTED_PROTOCOL|protocol");
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void theJdkAloneIsAClientToo(boolean boringSsl) throws Exception {
    int port = serve(boringSsl, server("localhost"));
    TlsFiles admin = party("admin", TestAuthority.party(Role.ADMIN));
    assertThat(preface(port, admin, PemFiles.parameters())).isEqualTo("h2 TLSv1.3 SETTINGS");
  }

  @Test
  void theJdkClientRefusesAServerOfAnotherHostNameOrAuthority() throws Exception {
    int port = serve(true, server("elsewhere.example"));
    TlsFiles admin = party("admin", TestAuthority.party(Role.ADMIN));
    assertThatThrownBy(() -> preface(port, admin, PemFiles.parameters()))
        .isInstanceOf(SSLException.class)
        .hasMessageContaining("localhost");
    Path otherCa = TestAuthority.write(directory, "other", TestAuthority.create().own());
    TlsFiles trusting = new TlsFiles(otherCa, admin.cert(), admin.key());
    assertThatThrownBy(() -> preface(port, trusting, PemFiles.parameters()))
        .isInstanceOf(SSLException.class);
  }

  @Test
  void theJdkClientOfAnotherAuthorityIsRefused() throws Exception {
    int port = serve(true, server("localhost"));
    TlsFiles foreign =
        files("foreign", TestAuthority.create().issue(TestAuthority.party(Role.ADMIN)));
    assertThatThrownBy(() -> preface(port, foreign, PemFiles.parameters()))
        .isInstanceOf(IOException.class);
  }

  /** The request fails at the client, the server says why, and its handler never runs. */
  private void assertServerRefuses(ThrowingCallable call, String reason) throws Exception {
    assertThatThrownBy(call).isNotInstanceOf(TimeoutException.class);
    assertThat(refusals.poll(5, SECONDS))
        .isInstanceOf(SSLException.class)
        .satisfies(failure -> assertThat(messages(failure)).containsPattern(reason));
    assertThat(calls).hasValue(0);
  }

  private void assertClientRefuses(ThrowingCallable call, String reason) {
    assertThatThrownBy(call)
        .isInstanceOf(SSLException.class)
        .satisfies(failure -> assertThat(messages(failure)).containsPattern(reason));
    assertThat(calls).hasValue(0);
  }

  private static String messages(Throwable failure) {
    return Stream.iterate(failure, Objects::nonNull, Throwable::getCause)
        .map(Throwable::toString)
        .collect(Collectors.joining("\n"));
  }

  private static LeafSpec dated(long from, long until) {
    LeafSpec admin = TestAuthority.party(Role.ADMIN);
    var now = Instant.now();
    return new LeafSpec(
        "dated", admin.uris(), List.of(), false, now.plusSeconds(from), now.plusSeconds(until));
  }

  private TlsFiles anyFiles() {
    return server("localhost");
  }

  private TlsFiles server(String host) {
    return party("scheduler", TestAuthority.party(Role.SCHEDULER, host));
  }

  private TlsFiles party(String name, LeafSpec spec) {
    return files(name, AUTHORITY.issue(spec));
  }

  private TlsFiles files(String name, KeyedCertificate made) {
    Path ca = TestAuthority.write(directory, "ca", AUTHORITY.own());
    Path cert = TestAuthority.write(directory, name, made);
    return new TlsFiles(ca, cert, directory.resolve(name + ".key"));
  }

  private int serve(boolean boringSsl, TlsFiles files) throws Exception {
    SSLEngineOptions engine = Tls.engine(boringSsl);
    HttpServer server =
        vertx
            .createHttpServer(Tls.server(files, engine))
            .exceptionHandler(refusals::add)
            .requestHandler(
                request -> {
                  calls.incrementAndGet();
                  try {
                    var session = request.connection().sslSession();
                    var leaf = (X509Certificate) session.getPeerCertificates()[0];
                    caller.set(Identity.of(leaf).uri());
                    request.response().end(request.version() + " " + session.getProtocol());
                  } catch (SSLException e) {
                    request.response().setStatusCode(500).end(String.valueOf(e));
                  }
                });
    return server.listen(0, "127.0.0.1").await(5, SECONDS).actualPort();
  }

  private String get(boolean boringSsl, int port, TlsFiles files) throws Exception {
    return get(port, vertx.createHttpClient(Tls.client(files, Tls.engine(boringSsl))));
  }

  private static String get(int port, HttpClient client) throws Exception {
    return client
        .request(HttpMethod.GET, port, "localhost", "/")
        .compose(request -> request.send())
        .compose(response -> response.body())
        .await(5, SECONDS)
        .toString();
  }

  /** Speaks just enough HTTP/2 (RFC 9113, 3.4 and 6.5) to see the server's first frame. */
  private static String preface(int port, TlsFiles files, SSLParameters parameters)
      throws IOException {
    var factory = PemFiles.sslContext(files).getSocketFactory();
    try (var socket = (SSLSocket) factory.createSocket("localhost", port)) {
      socket.setSoTimeout((int) Duration.ofSeconds(5).toMillis());
      socket.setSSLParameters(parameters);
      socket.startHandshake();
      socket
          .getOutputStream()
          .write(
              "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\4\0\0\0\0\0"
                  .getBytes(StandardCharsets.US_ASCII));
      byte[] frame = socket.getInputStream().readNBytes(9);
      if (frame.length < 9) {
        throw new IOException("the server closed the connection");
      }
      return socket.getApplicationProtocol()
          + " "
          + socket.getSession().getProtocol()
          + (frame[3] == 4 ? " SETTINGS" : " frame " + frame[3]);
    }
  }
}
