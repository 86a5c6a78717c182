package io.orrery.rpc;

import com.google.protobuf.Descriptors.FileDescriptor;
import io.orrery.job.ApiException;
import io.orrery.v1.SchedulerProto;
import io.orrery.v1.WorkerProto;
import io.vertx.grpc.common.CodecException;
import io.vertx.grpc.common.GrpcMessage;
import io.vertx.grpc.common.GrpcMessageDecoder;
import io.vertx.grpc.common.GrpcMessageEncoder;
import io.vertx.grpc.common.GrpcStatus;
import io.vertx.grpc.common.ServiceMethod;
import io.vertx.grpc.common.ServiceName;
import io.vertx.grpc.health.v1.HealthProto;
import io.vertx.grpc.reflection.v1.ErrorResponse;
import io.vertx.grpc.reflection.v1.FileDescriptorResponse;
import io.vertx.grpc.reflection.v1.ListServiceResponse;
import io.vertx.grpc.reflection.v1.ServerReflectionProto;
import io.vertx.grpc.reflection.v1.ServerReflectionRequest;
import io.vertx.grpc.reflection.v1.ServerReflectionResponse;
import io.vertx.grpc.server.GrpcServer;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;

/**
 * {@code grpc.reflection.v1}, so that grpcurl needs no proto files. Vert.x's own service ends the
 * stream after the first of several questions, does not know enums, and stands outside the guard;
 * only its messages are used.
 */
final class Reflection {
  /**
   * The same messages under the name that older clients ask for, grpcurl before 1.8.8 among them.
   */
  private static final List<String> PACKAGES =
      List.of("grpc.reflection.v1", "grpc.reflection.v1alpha");

  private static final GrpcMessageDecoder<ServerReflectionRequest> DECODER =
      GrpcMessageDecoder.decoder(ServerReflectionRequest.getDefaultInstance());

  private final TreeSet<String> services;
  private final FileIndex files =
      new FileIndex(
          List.of(
              WorkerProto.getDescriptor(),
              SchedulerProto.getDescriptor(),
              HealthProto.getDescriptor(),
              ServerReflectionProto.getDescriptor()));

  private Reflection(List<String> services) {
    this.services = new TreeSet<>(services);
    this.services.add("grpc.health.v1.Health");
    this.services.add("grpc.reflection.v1.ServerReflection");
  }

  static void bind(RpcServer server, GrpcServer grpc, List<String> services) {
    Reflection reflection = new Reflection(services);
    for (String name : PACKAGES) {
      ServiceMethod<ServerReflectionRequest, ServerReflectionResponse> method = method(name);
      server.serve(method);
      grpc.callHandler(method, request -> reflection.begin(server, server.open(request, null)));
    }
  }

  private void begin(
      RpcServer server, ServerCall<ServerReflectionRequest, ServerReflectionResponse> call) {
    try {
      server.admit(call);
      converse(call);
    } catch (ApiException refusal) {
      call.fail(refusal);
    }
  }

  private static ServiceMethod<ServerReflectionRequest, ServerReflectionResponse> method(
      String packageName) {
    return ServiceMethod.server(
        ServiceName.create(packageName, "ServerReflection"),
        "ServerReflectionInfo",
        GrpcMessageEncoder.encoder(),
        DECODER);
  }

  /** Answers each question in turn; a client that does not read its answers is not read either. */
  private void converse(ServerCall<ServerReflectionRequest, ServerReflectionResponse> call) {
    call.drainHandler(() -> call.request().resume());
    call.request()
        .messageHandler(message -> answer(call, message))
        .invalidMessageHandler(_ -> call.fail(OneRequest.tooLarge()))
        .endHandler(_ -> call.end());
  }

  private void answer(
      ServerCall<ServerReflectionRequest, ServerReflectionResponse> call, GrpcMessage message) {
    if (call.ended()) {
      return;
    }
    if (!message.encoding().equals("identity")) {
      call.fail(OneRequest.malformed("it is marked as compressed, without an encoding"));
      return;
    }
    try {
      ServerReflectionRequest question = DECODER.decode(message);
      call.log().received(question, message.payload().length());
      if (!call.write(io.vertx.core.buffer.Buffer.buffer(answer(question).toByteArray()))) {
        call.request().pause();
      }
    } catch (CodecException _) {
      call.fail(OneRequest.malformed("it is not protobuf of the request's type"));
    }
  }

  private ServerReflectionResponse answer(ServerReflectionRequest question) {
    ServerReflectionResponse.Builder answer =
        ServerReflectionResponse.newBuilder()
            .setValidHost(question.getHost())
            .setOriginalRequest(question);
    switch (question.getMessageRequestCase()) {
      case LIST_SERVICES -> answer.setListServicesResponse(list());
      case FILE_BY_FILENAME -> put(answer, files.named(question.getFileByFilename()));
      case FILE_CONTAINING_SYMBOL ->
          put(answer, files.declaring(question.getFileContainingSymbol()));
      case FILE_CONTAINING_EXTENSION, ALL_EXTENSION_NUMBERS_OF_TYPE, MESSAGEREQUEST_NOT_SET ->
          answer.setErrorResponse(error(GrpcStatus.UNIMPLEMENTED, "proto3 has no extensions"));
    }
    return answer.build();
  }

  private ListServiceResponse list() {
    ListServiceResponse.Builder list = ListServiceResponse.newBuilder();
    services.forEach(service -> list.addServiceBuilder().setName(service));
    return list.build();
  }

  private static void put(ServerReflectionResponse.Builder answer, Optional<FileDescriptor> file) {
    if (file.isEmpty()) {
      answer.setErrorResponse(error(GrpcStatus.NOT_FOUND, "not known here"));
      return;
    }
    FileDescriptorResponse.Builder closure = FileDescriptorResponse.newBuilder();
    FileIndex.closure(file.get())
        .forEach(each -> closure.addFileDescriptorProto(each.toProto().toByteString()));
    answer.setFileDescriptorResponse(closure);
  }

  private static ErrorResponse error(GrpcStatus code, String message) {
    return ErrorResponse.newBuilder().setErrorCode(code.code).setErrorMessage(message).build();
  }
}
