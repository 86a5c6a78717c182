package io.orrery.rpc;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.orrery.rpc.RawHttp2.Reply;
import io.orrery.security.Role;
import io.orrery.v1.QueryJobRequest;
import io.orrery.v1.QueryJobResponse;
import io.orrery.v1.WorkerGrpcService;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.zip.GZIPOutputStream;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What clients do that do not keep to the protocol; the handlers must never hear of it. */
final class RpcGuardIT {
  private static final String UNARY = "orrery.v1.Worker/QueryJob";
  private static final String STREAM = "orrery.v1.Worker/StreamJob";
  private static final int MAX_MESSAGE = 100_000;
  private static final byte[] MESSAGE =
      QueryJobRequest.newBuilder().setJobId("j").build().toByteArray();

  @TempDir Path directory;
  private RpcHarness harness;
  private RawHttp2 client;
  private final AtomicInteger calls = new AtomicInteger();
  private final AtomicReference<Call> seen = new AtomicReference<>();

  @BeforeEach
  void serve() throws Exception {
    harness = new RpcHarness(directory);
    harness.serve(
        new RpcLimits(
            MAX_MESSAGE,
            Duration.ofSeconds(20),
            Duration.ofSeconds(1),
            100,
            Duration.ofSeconds(60)),
        server ->
            server
                .unary(
                    WorkerGrpcService.QueryJob,
                    (call, _) -> {
                      calls.incrementAndGet();
                      seen.set(call);
                      return Future.succeededFuture(QueryJobResponse.getDefaultInstance());
                    })
                .serverStream(
                    WorkerGrpcService.StreamJob,
                    (call, _, replies) -> {
                      calls.incrementAndGet();
                      seen.set(call);
                      replies.write(Buffer.buffer("x"));
                      replies.end();
                    }));
    client = new RawHttp2(harness.port(), harness.parties.party(Role.ADMIN, "anna"));
  }

  @AfterEach
  void everybodyElseIsStillServed() throws Exception {
    try {
      calls.set(0);
      assertThat(exchange(UNARY, frame(0, MESSAGE)).grpcStatus()).isEqualTo("0");
      assertThat(calls).hasValue(1);
      client.close();
    } finally {
      harness.close();
    }
  }

  private static byte[] frame(int flag, byte[] message) {
    return ByteBuffer.allocate(5 + message.length)
        .put((byte) flag)
        .putInt(message.length)
        .put(message)
        .array();
  }

  private static byte[] gzip(byte[] bytes) throws IOException {
    ByteArrayOutputStream zipped = new ByteArrayOutputStream();
    try (GZIPOutputStream gzip = new GZIPOutputStream(zipped)) {
      gzip.write(bytes);
    }
    return zipped.toByteArray();
  }

  private Reply exchange(String method, byte[] body) throws Exception {
    return exchange(method, body, Map.of());
  }

  private Reply exchange(String method, byte[] body, Map<String, String> headers) throws Exception {
    int stream = client.open(method, headers, false);
    client.data(stream, body, true);
    return client.reply(stream);
  }

  private void assertRefused(Reply reply, int status, String reason) {
    assertThat(reply.grpcStatus()).isEqualTo(Integer.toString(status));
    assertThat(reply.details().reason()).isEqualTo(reason);
    assertThat(reply.headers).containsEntry(":status", "200");
    assertThat(reply.headers.get("content-type")).isEqualTo("application/grpc");
    assertThat(reply.data.size()).isZero();
    assertThat(calls).hasValue(0);
  }

  @ParameterizedTest
  @ValueSource(strings = {UNARY, STREAM})
  void aProperRequestIsServed(String method) throws Exception {
    Reply reply = exchange(method, frame(0, MESSAGE));
    assertThat(reply.grpcStatus()).isEqualTo("0");
    assertThat(reply.headers).containsEntry("grpc-accept-encoding", "identity");
    assertThat(calls).hasValue(1);
  }

  @ParameterizedTest
  @ValueSource(strings = {UNARY, STREAM})
  void aRequestWithoutAMessageIsRefused(String method) throws Exception {
    assertRefused(exchange(method, new byte[0]), 12, "NOT_SERVED");
    int stream = client.open(method, Map.of(), true);
    assertRefused(client.reply(stream), 12, "NOT_SERVED");
  }

  @ParameterizedTest
  @ValueSource(strings = {UNARY, STREAM})
  void aRequestWithTwoMessagesIsRefused(String method) throws Exception {
    byte[] one = frame(0, MESSAGE);
    byte[] two = ByteBuffer.allocate(2 * one.length).put(one).put(one).array();
    assertRefused(exchange(method, two), 12, "NOT_SERVED");
  }

  @ParameterizedTest
  @ValueSource(strings = {UNARY, STREAM})
  void aRequestThatNeverEndsRunsOutOfTime(String method) throws Exception {
    int stream = client.open(method, Map.of(), false);
    client.data(stream, frame(0, MESSAGE), false);
    assertRefused(client.reply(stream), 4, "DEADLINE");
  }

  @ParameterizedTest
  @ValueSource(strings = {UNARY, STREAM})
  void aRequestThatTricklesRunsOutOfTime(String method) throws Exception {
    int stream = client.open(method, Map.of(), false);
    byte[] body = frame(0, new byte[1000]);
    RawHttp2 trickling = client;
    long begin = System.nanoTime();
    Thread.ofVirtual()
        .start(
            () -> {
              try {
                for (byte each : body) {
                  trickling.data(stream, new byte[] {each}, false);
                  Thread.sleep(20);
                }
              } catch (IOException | InterruptedException _) {
                // the test is over
              }
            });
    Reply reply = client.reply(stream);
    assertRefused(reply, 4, "DEADLINE");
    assertThat(Duration.ofNanos(System.nanoTime() - begin)).isLessThan(Duration.ofSeconds(5));
    client.close();
    client = new RawHttp2(harness.port(), harness.parties.party(Role.ADMIN, "anna"));
  }

  @ParameterizedTest
  @ValueSource(strings = {UNARY, STREAM})
  void aMessageMarkedAsCompressedWithoutAnEncodingIsRefused(String method) throws Exception {
    assertRefused(exchange(method, frame(1, MESSAGE)), 13, "MALFORMED_MESSAGE");
    assertRefused(
        exchange(method, frame(1, MESSAGE), Map.of("grpc-encoding", "identity")),
        13,
        "MALFORMED_MESSAGE");
  }

  @ParameterizedTest
  @CsvSource({
    UNARY + ",br",
    UNARY + ",gzip",
    UNARY + ",nonsense",
    STREAM + ",br",
    STREAM + ",gzip"
  })
  void anEncodingIsRefused(String method, String encoding) throws Exception {
    Map<String, String> headers = Map.of("grpc-encoding", encoding);
    assertRefused(exchange(method, frame(1, MESSAGE), headers), 12, "NOT_SERVED");
    assertRefused(exchange(method, frame(0, MESSAGE), headers), 12, "NOT_SERVED");
  }

  @ParameterizedTest
  @ValueSource(strings = {UNARY, STREAM})
  void aGzipBombIsNotOpened(String method) throws Exception {
    byte[] bomb = gzip(new byte[60 << 20]);
    assertThat(bomb).hasSizeLessThan(MAX_MESSAGE);
    Map<String, String> headers = Map.of("grpc-encoding", "gzip");
    assertRefused(exchange(method, frame(1, bomb), headers), 12, "NOT_SERVED");
    assertRefused(exchange(method, frame(1, bomb)), 13, "MALFORMED_MESSAGE");
  }

  @ParameterizedTest
  @ValueSource(strings = {UNARY, STREAM})
  void whatIsNotProtobufIsRefused(String method) throws Exception {
    byte[] truncated = {10, 100, 'x'};
    assertRefused(exchange(method, frame(0, truncated)), 13, "MALFORMED_MESSAGE");
    byte[] invalidUtf8 = {10, 1, (byte) 0xff};
    assertRefused(exchange(method, frame(0, invalidUtf8)), 13, "MALFORMED_MESSAGE");
  }

  @Test
  void aMessageNestedTooDeeplyIsRefused() throws Exception {
    byte[] groups = new byte[1000];
    Arrays.fill(groups, (byte) ((99 << 3) | 3)); // begins unknown groups for ever
    byte[] body = new byte[2000];
    for (int i = 0; i < body.length; i += 2) { // the field number 99 takes two bytes
      body[i] = (byte) 0x9b;
      body[i + 1] = 0x06;
    }
    assertRefused(exchange(UNARY, frame(0, body)), 13, "MALFORMED_MESSAGE");
    assertRefused(exchange(UNARY, frame(0, groups)), 13, "MALFORMED_MESSAGE");
  }

  @ParameterizedTest
  @ValueSource(strings = {UNARY, STREAM})
  void aMessageOfTheLimitFitsAndOneByteMoreIsRefused(String method) throws Exception {
    int overhead = 4; // the tag, and a length of three bytes
    byte[] fits = query(MAX_MESSAGE - overhead);
    assertThat(fits).hasSize(MAX_MESSAGE);
    assertThat(exchange(method, frame(0, fits)).grpcStatus()).isEqualTo("0");
    calls.set(0);
    byte[] tooLarge = query(MAX_MESSAGE - overhead + 1);
    assertRefused(exchange(method, frame(0, tooLarge)), 8, "MESSAGE_TOO_LARGE");
  }

  private static byte[] query(int length) {
    return QueryJobRequest.newBuilder()
        .setJobIdBytes(ByteString.copyFromUtf8("x".repeat(length)))
        .build()
        .toByteArray();
  }

  @ParameterizedTest
  @ValueSource(strings = {UNARY, STREAM})
  void aLengthOfFourGigabytesIsRefusedAtOnce(String method) throws Exception {
    byte[] prefix = {0, (byte) 0xff, (byte) 0xff, (byte) 0xff, (byte) 0xff, 1, 2, 3};
    int stream = client.open(method, Map.of(), false);
    client.data(stream, prefix, false);
    assertRefused(client.reply(stream), 8, "MESSAGE_TOO_LARGE");
    assertRefused(exchange(method, prefix), 8, "MESSAGE_TOO_LARGE");
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 3, 5, 6})
  void aRequestThatEndsWithinAMessageIsRefused(int bytes) throws Exception {
    byte[] half = Arrays.copyOf(frame(0, MESSAGE), bytes);
    assertRefused(exchange(UNARY, half), 12, "NOT_SERVED");
    assertRefused(exchange(STREAM, half), 12, "NOT_SERVED");
  }

  @Test
  void aMessageAndHalfAnotherIsNotTakenForOne() throws Exception {
    byte[] one = frame(0, MESSAGE);
    byte[] more = Arrays.copyOf(one, one.length + 2);
    assertRefused(exchange(UNARY, more), 12, "NOT_SERVED");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "application/grpc-web",
        "application/grpc-web-text",
        "application/grpc+json",
        "application/json",
        "text/plain",
        ""
      })
  void anotherContentTypeIsNotServed(String contentType) throws Exception {
    Reply reply = exchange(UNARY, frame(0, MESSAGE), Map.of("content-type", contentType));
    assertThat(reply.headers).containsEntry(":status", "415").doesNotContainKey("grpc-status");
    assertThat(calls).hasValue(0);
  }

  @Test
  void anotherHttpMethodIsNotServed() throws Exception {
    int stream = client.open(UNARY, Map.of(":method", "GET"), true);
    assertThat(client.reply(stream).headers).containsEntry(":status", "405");
    assertThat(calls).hasValue(0);
  }

  @Test
  void http1IsNotServed() throws Exception {
    try (SSLSocket socket =
        TestSockets.connect(harness.port(), harness.parties.party(Role.ADMIN, "anna"))) {
      socket.setSoTimeout(10_000);
      socket
          .getOutputStream()
          .write(
              ("POST /"
                      + UNARY
                      + " HTTP/1.1\r\nHost: localhost\r\n"
                      + "Content-Type: application/grpc\r\nContent-Length: 0\r\n\r\n")
                  .getBytes(StandardCharsets.US_ASCII));
      byte[] answer = socket.getInputStream().readNBytes("HTTP/1.1 415".length());
      assertThat(new String(answer, StandardCharsets.US_ASCII)).isEqualTo("HTTP/1.1 415");
    }
    assertThat(calls).hasValue(0);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"orrery.v1.Worker/Nothing", "orrery.v1.Worker/StartJob", "nothing", "", "a/b/c"})
  void anUnknownMethodIsRefused(String method) throws Exception {
    assertRefused(exchange(method, frame(0, MESSAGE)), 12, "NOT_SERVED");
  }

  @Test
  void aTimeoutOfOneNanosecondIsOverAtOnce() throws Exception {
    assertRefused(exchange(UNARY, frame(0, MESSAGE), Map.of("grpc-timeout", "1n")), 4, "DEADLINE");
    int stream = client.open(UNARY, Map.of("grpc-timeout", "1n"), false);
    assertRefused(client.reply(stream), 4, "DEADLINE");
  }

  @ParameterizedTest
  @ValueSource(strings = {"99999999H", "garbage", "-1S", "1", "123456789S", "1s"})
  void aTimeoutThatIsTooLongOrNoneIsTheServersOwn(String timeout) throws Exception {
    Reply reply = exchange(UNARY, frame(0, MESSAGE), Map.of("grpc-timeout", timeout));
    assertThat(reply.grpcStatus()).isEqualTo("0");
    assertThat(seen.get().deadline().remaining())
        .isBetween(Duration.ofSeconds(1), Duration.ofSeconds(20));
  }

  @Test
  void aStreamHasTheClientsDeadlineOrNone() throws Exception {
    exchange(STREAM, frame(0, MESSAGE));
    assertThat(seen.get().deadline().isFinite()).isFalse();
    exchange(STREAM, frame(0, MESSAGE), Map.of("grpc-timeout", "5S"));
    assertThat(seen.get().deadline().remaining()).isLessThanOrEqualTo(Duration.ofSeconds(5));
  }

  @ParameterizedTest
  @ValueSource(strings = {UNARY, STREAM})
  void aRequestThatIsResetBeforeItsEndIsForgotten(String method) throws Exception {
    int stream = client.open(method, Map.of(), false);
    client.data(stream, frame(0, MESSAGE), false);
    client.reset(stream, 8);
    assertThat(exchange(UNARY, frame(0, MESSAGE)).grpcStatus()).isEqualTo("0");
    assertThat(calls).hasValue(1);
  }
}
