package io.orrery.rpc;

import com.google.protobuf.Message;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.composite.CompositeMeterRegistry;
import io.orrery.job.ApiException;
import io.orrery.job.Reason;
import io.orrery.security.Identity;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.grpc.common.ServiceMethod;
import io.vertx.grpc.server.GrpcProtocol;
import io.vertx.grpc.server.GrpcServer;
import io.vertx.grpc.server.GrpcServerOptions;
import io.vertx.grpc.server.GrpcServerRequest;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Serves gRPC over mutual TLS, with the guard, identities, roles, deadlines, errors and access log
 * that every method has in common; and with health and reflection. One server belongs to one
 * context: everything must be called there, and handlers are called there.
 */
public final class RpcServer {
  private static final Logger LOG = LoggerFactory.getLogger(RpcServer.class);

  private final Vertx vertx;
  private final RpcServerOptions options;
  private final GrpcServer grpc;
  private final Peers peers;
  private final RequestGate gate;
  private final Set<ReplyStream> openStreams = new HashSet<>();
  private final StreamQuota quota;
  private final DirectCalls direct;
  private final CallMeters meters;
  private final Set<String> services = new HashSet<>();
  private @Nullable HttpServer http;

  private RpcServer(Vertx vertx, RpcServerOptions options, CallMeters meters) {
    this.vertx = vertx;
    this.options = options;
    this.grpc = GrpcServer.server(vertx, grpcOptions(options.limits()));
    this.peers = new Peers(vertx);
    this.meters = meters;
    this.gate = new RequestGate(peers, meters, grpc);
    this.quota = new StreamQuota(options.limits().streamsPerCaller());
    this.direct = new DirectCalls(vertx, options, peers, meters, gate);
  }

  public static RpcServer create(Vertx vertx, RpcServerOptions options) {
    return create(vertx, options, new CompositeMeterRegistry());
  }

  /** A server whose calls are measured. */
  public static RpcServer create(Vertx vertx, RpcServerOptions options, MeterRegistry registry) {
    return new RpcServer(vertx, options, new CallMeters(registry));
  }

  /** Serves a method of one message and one answer, within the usual time. */
  public <I extends Message, O extends Message> RpcServer unary(
      ServiceMethod<I, O> method, UnaryHandler<I, O> handler) {
    return unary(method, options.limits().unaryDeadline(), handler);
  }

  /** Serves a method of one message and one answer that may take so long at the most. */
  public <I extends Message, O extends Message> RpcServer unary(
      ServiceMethod<I, O> method, Duration atMost, UnaryHandler<I, O> handler) {
    direct.serve(
        method,
        atMost,
        (call, request) ->
            handler
                .handle(call.call(), request)
                .onComplete(call::answer, failure -> call.fail(failure)));
    return bind(
        method,
        atMost,
        (call, request) ->
            handler
                .handle(call.call(), request)
                .onComplete(call::answer, failure -> call.fail(failure)));
  }

  /** Serves a method of one message and a stream of answers, which ends when it ends. */
  public <I extends Message, O extends Message> RpcServer serverStream(
      ServiceMethod<I, O> method, StreamHandler<I> handler) {
    direct.serve(
        method,
        null,
        (call, request) -> {
          admit(call.call(), call);
          handler.handle(call.call(), request, call);
        });
    meters.stream(method.fullMethodName());
    return bind(
        method,
        null,
        (call, request) -> {
          admit(call);
          handler.handle(call.call(), request, call);
        });
  }

  /** Serves a method in which messages go both ways, until the handler ends it. */
  public <I extends Message, O extends Message> RpcServer conversation(
      ServiceMethod<I, O> method, ConversationHandler<I> handler) {
    meters.stream(method.fullMethodName());
    serve(method);
    grpc.callHandler(
        method,
        request -> {
          ServerCall<I, O> call = open(request, null);
          Duration begin = shorter(options.limits().bodyDeadline(), call.call().deadline());
          RequestStream.read(
              call,
              method.decoder(),
              begin,
              (first, more) ->
                  run(
                      call,
                      first,
                      (admitted, message) -> {
                        admit(admitted);
                        handler.handle(admitted.call(), message, more, admitted);
                      }));
        });
    return this;
  }

  /**
   * Counts a stream until its end.
   *
   * @throws io.orrery.job.ApiException TOO_MANY_STREAMS
   */
  void admit(ServerCall<?, ?> call) {
    admit(call.call(), call);
  }

  private void admit(Call call, ReplyStream stream) {
    Identity caller = call.caller();
    String method = call.method();
    quota.enter(caller);
    openStreams.add(stream);
    meters.opened(method);
    stream.onEnd(
        () -> {
          openStreams.remove(stream);
          meters.closed(method);
          quota.leave(caller);
        });
  }

  /** The methods of one message that are served here, for a face that is not gRPC. */
  public DirectCalls direct() {
    return direct;
  }

  private <I extends Message, O extends Message> RpcServer bind(
      ServiceMethod<I, O> method,
      @Nullable Duration atMost,
      BiConsumer<ServerCall<I, O>, I> handler) {
    serve(method);
    grpc.callHandler(
        method,
        request -> {
          ServerCall<I, O> call = open(request, atMost);
          Duration body = shorter(options.limits().bodyDeadline(), call.call().deadline());
          OneRequest.read(call, method.decoder(), body, message -> run(call, message, handler));
        });
    return this;
  }

  void serve(ServiceMethod<?, ?> method) {
    gate.serve(method.fullMethodName());
    services.add(method.serviceName().fullyQualifiedName());
  }

  <I extends Message, O extends Message> ServerCall<I, O> open(
      GrpcServerRequest<I, O> request, @Nullable Duration atMost) {
    RequestGate.Admitted admitted = gate.entering();
    Promise<Void> over = Promise.promise();
    Deadline deadline = deadline(GrpcTimeout.parse(request.headers().get("grpc-timeout")), atMost);
    Call call =
        new Call(
            admitted.peer(),
            admitted.caller(),
            request.fullMethodName(),
            new Call.Life(deadline, over.future()),
            String.valueOf(request.connection().remoteAddress()));
    ServerCall<I, O> opened = new ServerCall<>(vertx, request, admitted.http(), call, meters);
    opened.onEnd(over::complete);
    return opened;
  }

  private static Deadline deadline(@Nullable Duration asked, @Nullable Duration atMost) {
    if (asked == null) {
      return atMost == null ? Deadline.NEVER : Deadline.after(atMost);
    }
    return Deadline.after(atMost == null || asked.compareTo(atMost) < 0 ? asked : atMost);
  }

  private static Duration shorter(Duration time, Deadline deadline) {
    return time.compareTo(deadline.remaining()) < 0 ? time : deadline.remaining();
  }

  private static <I extends Message, O extends Message> void run(
      ServerCall<I, O> call, I message, BiConsumer<ServerCall<I, O>, I> handler) {
    call.expireAt(call.call().deadline());
    if (call.ended()) {
      return;
    }
    try {
      handler.accept(call, message);
    } catch (RuntimeException | Error e) {
      call.fail(e);
    }
  }

  /**
   * Binds, and says so in the log; the port is the one that was given, or that was found free for
   * 0.
   */
  public Future<Integer> listen() {
    return vertx
        .executeBlocking(this::describe)
        .compose(
            options -> {
              HttpServer server = vertx.createHttpServer(options);
              http = server;
              return server
                  .requestHandler(gate)
                  .connectionHandler(peers::connected)
                  .listen()
                  .map(HttpServer::actualPort);
            })
        .onSuccess(port -> LOG.info("listening on {}", Listening.address(options.host(), port)))
        .recover(failure -> Listening.failed(options.host(), options.port(), failure));
  }

  /** The descriptors of all services take long to load for an event loop. */
  private HttpServerOptions describe() {
    Health.bind(this, List.copyOf(services));
    Reflection.bind(this, grpc, List.copyOf(services));
    return Listening.options(options);
  }

  /**
   * Stops: open streams fail with DRAINING, new calls are refused, unary calls may finish within
   * the grace, then all connections are closed.
   */
  public Future<Void> shutdown(Duration grace) {
    gate.drain();
    ApiException draining = new ApiException(Reason.DRAINING, "the server is about to stop");
    List.copyOf(openStreams).forEach(stream -> stream.fail(draining));
    return http == null
        ? Future.succeededFuture()
        : http.shutdown(grace.toMillis(), TimeUnit.MILLISECONDS);
  }

  private static GrpcServerOptions grpcOptions(RpcLimits limits) {
    return new GrpcServerOptions()
        .removeEnabledProtocol(GrpcProtocol.WEB)
        .removeEnabledProtocol(GrpcProtocol.WEB_TEXT)
        .removeEnabledProtocol(GrpcProtocol.TRANSCODING)
        .setMaxMessageSize(limits.maxMessageBytes());
  }
}
