package io.orrery.rpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.orrery.config.TlsFiles;
import io.orrery.job.ApiException;
import io.orrery.rpc.RawHttp2.Reply;
import io.orrery.security.Role;
import io.orrery.security.TestParties;
import io.orrery.v1.QueryJobRequest;
import io.orrery.v1.QueryJobResponse;
import io.orrery.v1.WorkerGrpcService;
import io.vertx.core.Future;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.LoggerFactory;

/** Who is let in, and what the access log says of it. */
final class RpcIdentityIT {
  private static final String METHOD = "orrery.v1.Worker/QueryJob";

  @TempDir Path directory;
  @TempDir Path elsewhere;
  private RpcHarness harness;
  private final AtomicInteger calls = new AtomicInteger();
  private final ListAppender<ILoggingEvent> accessLog = new ListAppender<>();

  @BeforeEach
  void serve() throws Exception {
    accessLog.start();
    ((Logger) LoggerFactory.getLogger("orrery.access")).setLevel(Level.INFO);
    ((Logger) LoggerFactory.getLogger("orrery.access")).addAppender(accessLog);
    harness = new RpcHarness(directory);
    harness.serve(
        RpcLimits.DEFAULT,
        server ->
            server.unary(
                WorkerGrpcService.QueryJob,
                (_, request) -> {
                  calls.incrementAndGet();
                  return request.getJobId().equals("missing")
                      ? Future.failedFuture(ApiException.jobNotFound("missing"))
                      : Future.succeededFuture(QueryJobResponse.getDefaultInstance());
                }));
  }

  @AfterEach
  void close() throws Exception {
    ((Logger) LoggerFactory.getLogger("orrery.access")).detachAppender(accessLog);
    ((Logger) LoggerFactory.getLogger("orrery.access")).setLevel(null);
    harness.close();
  }

  private Reply query(TlsFiles files, String jobId, Map<String, String> headers) throws Exception {
    try (RawHttp2 client = new RawHttp2(harness.port(), files)) {
      int stream = client.open(METHOD, headers, false);
      client.data(
          stream,
          MessageFrames.frame(QueryJobRequest.newBuilder().setJobId(jobId).build().toByteArray())
              .getBytes(),
          true);
      return client.reply(stream);
    }
  }

  private List<String> logged() throws Exception {
    RpcHarness.await("the log", () -> !accessLog.list.isEmpty());
    return accessLog.list.stream().map(ILoggingEvent::getFormattedMessage).toList();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "spiffe://orrery/king/anna",
        "spiffe://orrery/admin/anna,spiffe://orrery/viewer/anna",
        "spiffe://elsewhere/admin/anna",
        "spiffe://orrery/admin",
        "https://orrery/admin/anna"
      })
  void aCertificateOfOursWithoutExactlyOneRoleIsToldSo(String uris) throws Exception {
    Reply reply = query(harness.parties.withUris(uris.split(",")), "j", Map.of());
    assertThat(reply.grpcStatus()).isEqualTo("16");
    assertThat(reply.details().reason()).isEqualTo("CERT_IDENTITY");
    assertThat(calls).hasValue(0);
    assertThat(logged())
        .singleElement()
        .asString()
        .contains("peer=- caller=- status=UNAUTHENTICATED reason=CERT_IDENTITY");
  }

  @Test
  void aCertificateWithoutAnyUriIsToldSo() throws Exception {
    assertThat(query(harness.parties.withUris(), "j", Map.of()).grpcStatus()).isEqualTo("16");
    assertThat(calls).hasValue(0);
  }

  @Test
  void aCertificateOfAnotherAuthorityIsRefusedByTls() {
    TlsFiles foreign = new TestParties(elsewhere).party(Role.ADMIN, "anna");
    TlsFiles trusting = new TlsFiles(directory.resolve("ca.crt"), foreign.cert(), foreign.key());
    assertThatThrownBy(() -> query(trusting, "j", Map.of())).isInstanceOf(IOException.class);
    assertThat(calls).hasValue(0);
  }

  @ParameterizedTest
  @EnumSource
  void aRoleIsServedWhatTheTableAllows(Role role) throws Exception {
    Reply reply = query(harness.parties.party(role, "x"), "j", Map.of());
    if (role == Role.WORKER) {
      assertThat(reply.grpcStatus()).isEqualTo("7");
      assertThat(reply.details().reason()).isEqualTo("ROLE_NOT_ALLOWED");
      assertThat(calls).hasValue(0);
    } else {
      assertThat(reply.grpcStatus()).isEqualTo("0");
      assertThat(calls).hasValue(1);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"nobody", "spiffe://orrery/king/anna", "spiffe://orrery/admin/a/b"})
  void aSchedulerThatSpeaksForNobodyIsRefused(String caller) throws Exception {
    Reply reply =
        query(harness.parties.party(Role.SCHEDULER, "sun"), "j", Map.of("orrery-caller", caller));
    assertThat(reply.grpcStatus()).isEqualTo("16");
    assertThat(calls).hasValue(0);
  }

  @Test
  void aCallIsOneLineWithWhoWhatAndHow() throws Exception {
    query(
        harness.parties.party(Role.SCHEDULER, "sun"),
        "missing",
        Map.of("orrery-caller", "spiffe://orrery/viewer/bob"));
    assertThat(logged())
        .singleElement()
        .asString()
        .matches(
            "orrery.v1.Worker/QueryJob peer=spiffe://orrery/scheduler/sun"
                + " caller=spiffe://orrery/viewer/bob status=NOT_FOUND reason=JOB_NOT_FOUND"
                + " millis=\\d+ in=9 out=0 remote=127.0.0.1:\\d+ job=missing worker=-");
  }

  @Test
  void whatACallerWroteCannotForgeALine() throws Exception {
    query(harness.parties.party(Role.ADMIN, "anna"), "a\nb\u001b[31m job=c \\", Map.of());
    assertThat(logged())
        .singleElement()
        .asString()
        .endsWith(" job=a\\u000ab\\u001b[31m\\u0020job=c\\u0020\\u005c worker=-");
  }

  @Test
  void aLostCallIsLoggedOnce() throws Exception {
    try (RawHttp2 client =
        new RawHttp2(harness.port(), harness.parties.party(Role.ADMIN, "anna"))) {
      int stream = client.open(METHOD, Map.of(), false);
      client.data(stream, ByteBuffer.allocate(5).array(), false);
      client.reset(stream, 8);
    }
    assertThat(logged()).singleElement().asString().contains("status=CANCELLED reason=CANCELLED");
    assertThat(calls).hasValue(0);
  }
}
