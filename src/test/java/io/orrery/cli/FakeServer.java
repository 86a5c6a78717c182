package io.orrery.cli;

import com.google.protobuf.Any;
import com.google.protobuf.Message;
import com.google.rpc.ErrorInfo;
import com.google.rpc.Status;
import io.orrery.config.TlsFiles;
import io.orrery.security.CertificateAuthority;
import io.orrery.security.Tls;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.http.HttpServer;
import io.vertx.grpc.common.GrpcStatus;
import io.vertx.grpc.common.ServiceMethod;
import io.vertx.grpc.server.GrpcServer;
import io.vertx.grpc.server.GrpcServerOptions;
import io.vertx.grpc.server.GrpcServerRequest;
import io.vertx.grpc.server.GrpcServerResponse;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import java.util.function.Function;

/** A server of gRPC over mutual TLS on a free port of loopback that answers what a test says. */
final class FakeServer implements AutoCloseable {
  private final Vertx vertx = Vertx.vertx();
  private final GrpcServer grpc =
      GrpcServer.server(vertx, new GrpcServerOptions().setMaxMessageSize(4 << 20));
  private final Set<HttpConnection> connections = ConcurrentHashMap.newKeySet();
  private final Map<String, Behaviour<?, ?>> behaviours = new ConcurrentHashMap<>();
  private final Path certificates;
  private final HttpServer http;

  /**
   * @param directory where the certificates are, or are made
   */
  FakeServer(Path directory) throws IOException {
    certificates = directory;
    if (!Files.exists(directory.resolve("ca.crt"))) {
      new CertificateAuthority(directory, InstantSource.system())
          .init(CertificateAuthority.FIRST_IDENTITIES, List.of(), false);
    }
    http = listen();
  }

  private HttpServer listen() {
    TlsFiles files = new TlsFiles(file("ca.crt"), file("scheduler.crt"), file("scheduler.key"));
    return vertx
        .createHttpServer(Tls.server(files).setHost("127.0.0.1").setPort(0))
        .connectionHandler(
            connection -> {
              connections.add(connection);
              connection.closeHandler(_ -> connections.remove(connection));
            })
        .requestHandler(grpc)
        .listen()
        .toCompletionStage()
        .toCompletableFuture()
        .join();
  }

  Path file(String name) {
    return certificates.resolve(name);
  }

  String address() {
    return "127.0.0.1:" + http.actualPort();
  }

  /** What a command needs in its environment to talk to this server. */
  Map<String, String> environment() {
    return Map.of(
        "ORRERY_SERVER", address(),
        "ORRERY_CA", file("ca.crt").toString(),
        "ORRERY_CERT", file("admin.crt").toString(),
        "ORRERY_KEY", file("admin.key").toString(),
        "HOME", certificates.toString());
  }

  /** Answers a question with one message. */
  <Q, R> void answer(ServiceMethod<Q, R> method, Function<Q, R> function) {
    on(method, (request, response) -> response.end(function.apply(request)));
  }

  /** What is done with a request: the message and where answers go. */
  interface Behaviour<Q, R> {
    void answer(Q request, GrpcServerResponse<Q, R> response);
  }

  /** From now on; the first handler of a method stays bound, so it looks up what is to be done. */
  <Q, R> void on(ServiceMethod<Q, R> method, Behaviour<Q, R> behaviour) {
    if (behaviours.put(method.fullMethodName(), behaviour) == null) {
      grpc.callHandler(method, request -> bind(method, request));
    }
  }

  private <Q, R> void bind(ServiceMethod<Q, R> method, GrpcServerRequest<Q, R> request) {
    request.errorHandler(_ -> {});
    request.exceptionHandler(_ -> {});
    request.response().exceptionHandler(_ -> {});
    request.handler(message -> behaviour(method).answer(message, request.response()));
  }

  @SuppressWarnings("unchecked") // put in under the same method
  private <Q, R> Behaviour<Q, R> behaviour(ServiceMethod<Q, R> method) {
    return (Behaviour<Q, R>) behaviours.get(method.fullMethodName());
  }

  /** Ends a call with an error, details and all. */
  static void refuse(
      GrpcServerResponse<?, ?> response, GrpcStatus code, String message, Message... details) {
    Status.Builder status = Status.newBuilder().setCode(code.code).setMessage(message);
    for (Message detail : details) {
      status.addDetails(Any.pack(detail));
    }
    response
        .trailers()
        .set(
            "grpc-status-details-bin",
            Base64.getEncoder().withoutPadding().encodeToString(status.build().toByteArray()));
    response.status(code).statusMessage(message);
    response.end();
  }

  static ErrorInfo info(String reason) {
    return ErrorInfo.newBuilder().setDomain("orrery").setReason(reason).build();
  }

  /** Cuts every connection, as a network does. */
  void cut() {
    connections.forEach(HttpConnection::close);
  }

  /** Runs this on the event loop after so many milliseconds. */
  void later(long millis, Consumer<Vertx> action) {
    vertx.setTimer(millis, _ -> action.accept(vertx));
  }

  /** Nobody new gets in. */
  void stopListening() {
    http.close();
  }

  @Override
  public void close() {
    vertx.close().await();
  }

  /** For experiments by hand: a server that knows one job. */
  public static void main(String[] args) throws Exception {
    FakeServer server = new FakeServer(Path.of(args[0]));
    FakeJobs.serve(server);
    server.environment().forEach((key, value) -> System.out.println("export " + key + "=" + value));
    Thread.currentThread().join();
  }
}
