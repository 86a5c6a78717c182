package io.orrery.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.orrery.job.ApiException;
import io.orrery.job.Reason;
import io.orrery.rpc.RpcLimits;
import io.orrery.rpc.RpcServer;
import io.orrery.rpc.RpcServerOptions;
import io.orrery.security.Role;
import io.orrery.security.TestParties;
import io.orrery.security.Tls;
import io.orrery.v1.QueryJobResponse;
import io.orrery.v1.StartJobResponse;
import io.orrery.v1.WorkerGrpcService;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.VerticleBase;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.net.NetClient;
import io.vertx.core.net.NetClientOptions;
import io.vertx.core.net.NetSocket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** How long the HTTP/JSON face waits for others, and what it tells them to wait. */
final class HttpLimitsIT {
  private static final Duration SHORT = Duration.ofMillis(500);
  private static final long PATIENCE_SECONDS = 60;
  private static final String JOB = "/v1/jobs/00000000-0000-4000-8000-000000000000";

  @TempDir private Path directory;
  private final Vertx vertx = Vertx.vertx();
  private final AtomicReference<Future<QueryJobResponse>> answer =
      new AtomicReference<>(Future.succeededFuture(QueryJobResponse.getDefaultInstance()));
  private final Promise<Void> asked = Promise.promise();
  private NetClient client;
  private int port;

  @BeforeEach
  void serve() throws Exception {
    TestParties parties = new TestParties(directory);
    port = Curl.freePort();
    RpcLimits limits = new RpcLimits(4 << 20, Duration.ofSeconds(60), SHORT, 100, SHORT);
    RpcServerOptions options =
        new RpcServerOptions(
            "127.0.0.1",
            0,
            Tls.server(parties.party(Role.SCHEDULER, "sun", "localhost", "127.0.0.1")),
            limits);
    VerticleBase server =
        new VerticleBase() {
          @Override
          public Future<?> start() {
            RpcServer calls =
                RpcServer.create(vertx, options)
                    .unary(WorkerGrpcService.QueryJob, (_, _) -> query())
                    .unary(
                        WorkerGrpcService.StartJob,
                        (_, _) -> Future.succeededFuture(StartJobResponse.getDefaultInstance()));
            return calls.listen().compose(_ -> new HttpFace(vertx, calls.direct(), port).start());
          }
        };
    await(vertx.deployVerticle(server));
    client = client(Tls.client(parties.party(Role.ADMIN, "anna")));
  }

  private Future<QueryJobResponse> query() {
    asked.tryComplete();
    return answer.get();
  }

  private NetClient client(HttpClientOptions tls) {
    return vertx.createNetClient(
        new NetClientOptions()
            .setSsl(true)
            .setHostnameVerificationAlgorithm("HTTPS")
            .setEnabledSecureTransportProtocols(tls.getEnabledSecureTransportProtocols())
            .setKeyCertOptions(tls.getKeyCertOptions())
            .setTrustOptions(tls.getTrustOptions()));
  }

  @AfterEach
  void close() throws Exception {
    await(vertx.close());
  }

  private static <T> T await(Future<T> future) throws Exception {
    return future.await(PATIENCE_SECONDS, TimeUnit.SECONDS);
  }

  /** A connection, and all that comes over it until the server closes it. */
  private record Connection(NetSocket socket, Future<String> all) {
    Connection send(String text) {
      socket.write(text);
      return this;
    }
  }

  private Connection connect() throws Exception {
    Promise<String> all = Promise.promise();
    NetSocket socket =
        await(
            client
                .connect(port, "localhost")
                .onSuccess(
                    opened -> {
                      Buffer come = Buffer.buffer();
                      opened.handler(come::appendBuffer);
                      opened.closeHandler(_ -> all.tryComplete(come.toString()));
                    }));
    return new Connection(socket, all.future());
  }

  private static String get(String path, String... headers) {
    StringBuilder head = new StringBuilder("GET " + path + " HTTP/1.1\r\nhost: localhost\r\n");
    for (String header : headers) {
      head.append(header).append("\r\n");
    }
    return head.append("\r\n").toString();
  }

  /** A body is promised, and only its first byte comes. */
  private static String post(String path) {
    return "POST "
        + path
        + " HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\n"
        + "content-length: 100\r\n\r\n{";
  }

  @ParameterizedTest
  @CsvSource({
    "STORE_UNAVAILABLE, 503, true",
    "STARTING, 503, true",
    "DRAINING, 503, true",
    "WORKER_UNREACHABLE, 503, true",
    "WORKER_IDENTITY, 503, false",
    "JOB_NOT_FOUND, 404, false"
  })
  void whoMayTryAgainIsToldWhen(Reason reason, int code, boolean later) throws Exception {
    answer.set(Future.failedFuture(new ApiException(reason, "not now")));

    String all = await(connect().send(get(JOB, "connection: close")).all());

    assertThat(all).startsWith("HTTP/1.1 " + code + " ").contains("\"" + reason + "\"");
    if (later) {
      assertThat(all)
          .containsIgnoringCase("\r\nretry-after: 1\r\n")
          .containsPattern("google.rpc.RetryInfo\",\\s*\"retry_delay\":\\s*\"1s\"");
    } else {
      assertThat(all).doesNotContainIgnoringCase("retry-after").doesNotContain("RetryInfo");
    }
  }

  @Test
  void aConnectionWithoutAWholeRequestIsClosed() throws Exception {
    assertThat(await(connect().all())).isEmpty();
    assertThat(await(connect().send("GET " + JOB + " HT").all())).isEmpty();
    assertThat(await(connect().send(get(JOB)).all())).startsWith("HTTP/1.1 200 ");
  }

  @Test
  void aConnectionWithARequestInWorkIsNot() throws Exception {
    Promise<QueryJobResponse> late = Promise.promise();
    answer.set(late.future());
    Connection busy = connect().send(get(JOB));
    await(asked.future());

    assertThat(await(connect().all())).isEmpty(); // it was idle for less long
    assertThat(await(connect().all())).isEmpty();
    assertThat(busy.all().isComplete()).isFalse();
    late.complete(QueryJobResponse.getDefaultInstance());

    assertThat(await(busy.all())).startsWith("HTTP/1.1 200 "); // and is idle from then on
  }

  @Test
  void aBodyThatDoesNotComeIsNotWaitedForLong() throws Exception {
    assertThat(await(connect().send(post("/v1/jobs")).all()))
        .startsWith("HTTP/1.1 504 ")
        .contains("\"DEADLINE\"", "did not come to its end in time");
  }

  @ParameterizedTest
  @ValueSource(strings = {"/v1/nothing", "/openapi.json", JOB})
  void theBodyOfARefusedRequestIsNotWaitedForAtAll(String path) throws Exception {
    assertThat(await(connect().send(post(path)).all()))
        .startsWith("HTTP/1.1 40")
        .containsIgnoringCase("\r\nconnection: close\r\n");
  }
}
