package io.orrery.rpc;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.DescriptorProtos.FileDescriptorProto;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import io.orrery.rpc.RawHttp2.Reply;
import io.orrery.security.Role;
import io.orrery.v1.QueryJobResponse;
import io.orrery.v1.WorkerGrpcService;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.grpc.health.v1.HealthCheckRequest;
import io.vertx.grpc.health.v1.HealthCheckResponse;
import io.vertx.grpc.health.v1.HealthCheckResponse.ServingStatus;
import io.vertx.grpc.health.v1.HealthListResponse;
import io.vertx.grpc.reflection.v1.ServerReflectionRequest;
import io.vertx.grpc.reflection.v1.ServerReflectionResponse;
import io.vertx.grpc.reflection.v1.ServiceResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The two services that every server has, for grpcurl and probes. */
final class HealthAndReflectionIT {
  private static final String CHECK = "grpc.health.v1.Health/Check";
  private static final String WATCH = "grpc.health.v1.Health/Watch";
  private static final String REFLECTION =
      "grpc.reflection.v1.ServerReflection/ServerReflectionInfo";

  @TempDir Path directory;
  private RpcHarness harness;
  private RawHttp2 client;

  @BeforeEach
  void serve() throws Exception {
    harness = new RpcHarness(directory);
    harness.serve(
        RpcLimits.DEFAULT,
        server ->
            server.unary(
                WorkerGrpcService.QueryJob,
                (_, _) -> Future.succeededFuture(QueryJobResponse.getDefaultInstance())));
    client = new RawHttp2(harness.port(), harness.parties.party(Role.WORKER, "w1"));
  }

  @AfterEach
  void close() throws Exception {
    client.close();
    harness.close();
  }

  private static byte[] frames(Message... messages) {
    Buffer all = Buffer.buffer();
    for (Message message : messages) {
      all.appendBuffer(MessageFrames.frame(message.toByteArray()));
    }
    return all.getBytes();
  }

  private static List<Buffer> messages(Reply reply) {
    MessageFrames frames = new MessageFrames(1 << 24);
    frames.add(Buffer.buffer(reply.data.toByteArray()));
    List<Buffer> messages = new ArrayList<>();
    for (Buffer next = frames.next(); next != null; next = frames.next()) {
      messages.add(next);
    }
    assertThat(frames.pendingBytes()).isZero();
    return messages;
  }

  private Reply exchange(String method, Message... messages) throws Exception {
    int stream = client.open(method, Map.of(), false);
    client.data(stream, frames(messages), true);
    return client.reply(stream);
  }

  private static HealthCheckRequest check(String service) {
    return HealthCheckRequest.newBuilder().setService(service).build();
  }

  private static ServingStatus status(Buffer message) throws InvalidProtocolBufferException {
    return HealthCheckResponse.parseFrom(message.getBytes()).getStatus();
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "orrery.v1.Worker"})
  void whatIsServedIsHealthy(String service) throws Exception {
    Reply reply = exchange(CHECK, check(service));
    assertThat(reply.grpcStatus()).isEqualTo("0");
    assertThat(status(messages(reply).getFirst())).isEqualTo(ServingStatus.SERVING);
  }

  @Test
  void theHealthOfWhatIsNotServedIsNotFound() throws Exception {
    Reply reply = exchange(CHECK, check("orrery.v1.Scheduler"));
    assertThat(reply.grpcStatus()).isEqualTo("5");
    assertThat(reply.details().reason()).isEqualTo("SERVICE_NOT_FOUND");
  }

  @Test
  void healthHasTheGuardToo() throws Exception {
    assertThat(exchange(CHECK).grpcStatus()).isEqualTo("12");
    assertThat(exchange(CHECK, check(""), check("")).grpcStatus()).isEqualTo("12");
  }

  @Test
  void allServicesAreListed() throws Exception {
    Reply reply = exchange("grpc.health.v1.Health/List", HealthCheckRequest.getDefaultInstance());
    HealthListResponse list = HealthListResponse.parseFrom(messages(reply).getFirst().getBytes());
    assertThat(list.getStatusesMap()).containsOnlyKeys("", "orrery.v1.Worker");
  }

  @Test
  void aWatcherIsToldAtOnceAndLetGoWhenTheServerStops() throws Exception {
    int stream = client.open(WATCH, Map.of(), false);
    client.data(stream, frames(check("")), true);
    Reply reply = client.data(stream, 5);
    Future<Void> stopped = harness.shutdown(Duration.ofSeconds(30));
    client.reply(stream);
    assertThat(reply.grpcStatus()).isEqualTo("14");
    assertThat(status(messages(reply).getFirst())).isEqualTo(ServingStatus.SERVING);
    stopped.await(10, SECONDS);
  }

  @Test
  void aWatcherOfWhatIsNotServedIsToldSoAndKept() throws Exception {
    int stream = client.open(WATCH, Map.of("grpc-timeout", "500m"), false);
    client.data(stream, frames(check("nothing")), true);
    Reply reply = client.reply(stream);
    assertThat(status(messages(reply).getFirst())).isEqualTo(ServingStatus.SERVICE_UNKNOWN);
    assertThat(reply.grpcStatus()).isEqualTo("4");
  }

  @Test
  void reflectionAnswersSeveralQuestionsOnOneStream() throws Exception {
    Reply reply =
        exchange(
            REFLECTION,
            ServerReflectionRequest.newBuilder().setListServices("").build(),
            ServerReflectionRequest.newBuilder()
                .setFileContainingSymbol("orrery.v1.Worker")
                .build(),
            ServerReflectionRequest.newBuilder()
                .setFileContainingSymbol("orrery.v1.JobState")
                .build(),
            ServerReflectionRequest.newBuilder()
                .setFileByFilename("google/protobuf/duration.proto")
                .build(),
            ServerReflectionRequest.newBuilder().setFileContainingSymbol("no.Such").build());
    assertThat(reply.grpcStatus()).isEqualTo("0");
    List<ServerReflectionResponse> answers = new ArrayList<>();
    for (Buffer message : messages(reply)) {
      answers.add(ServerReflectionResponse.parseFrom(message.getBytes()));
    }
    assertThat(answers.get(0).getListServicesResponse().getServiceList())
        .extracting(ServiceResponse::getName)
        .containsExactly(
            "grpc.health.v1.Health", "grpc.reflection.v1.ServerReflection", "orrery.v1.Worker");
    assertThat(files(answers.get(1)))
        .containsExactlyInAnyOrder(
            "orrery/v1/worker.proto",
            "orrery/v1/job.proto",
            "google/protobuf/duration.proto",
            "google/protobuf/timestamp.proto");
    assertThat(files(answers.get(2)).getFirst()).isEqualTo("orrery/v1/job.proto");
    assertThat(files(answers.get(3))).containsExactly("google/protobuf/duration.proto");
    assertThat(answers.get(4).getErrorResponse().getErrorCode()).isEqualTo(5);
  }

  private static List<String> files(ServerReflectionResponse answer) throws Exception {
    List<String> names = new ArrayList<>();
    for (var file : answer.getFileDescriptorResponse().getFileDescriptorProtoList()) {
      names.add(FileDescriptorProto.parseFrom(file).getName());
    }
    return names;
  }

  @Test
  void reflectionHasTheGuardToo() throws Exception {
    assertThat(exchange(REFLECTION).grpcStatus()).isEqualTo("0");
    int stream = client.open(REFLECTION, Map.of(), false);
    client.data(stream, new byte[] {1, 0, 0, 0, 0}, true);
    assertThat(client.reply(stream).grpcStatus()).isEqualTo("13");
    stream = client.open(REFLECTION, Map.of(), false);
    client.data(stream, new byte[] {0, 0, 0, 0, 1, (byte) 0xff}, true);
    assertThat(client.reply(stream).grpcStatus()).isEqualTo("13");
    stream = client.open(REFLECTION, Map.of("grpc-encoding", "gzip"), true);
    assertThat(client.reply(stream).grpcStatus()).isEqualTo("12");
  }
}
