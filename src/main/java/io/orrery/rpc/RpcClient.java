package io.orrery.rpc;

import com.google.protobuf.Message;
import io.orrery.job.ApiException;
import io.orrery.job.Reason;
import io.orrery.rpc.ClientCall.CallHeaders;
import io.orrery.security.Identity;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.Http2Settings;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.http.PoolOptions;
import io.vertx.core.http.RequestOptions;
import io.vertx.core.net.SocketAddress;
import io.vertx.grpc.common.CodecException;
import io.vertx.grpc.common.GrpcMessage;
import io.vertx.grpc.common.ServiceMethod;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Predicate;

/**
 * Calls gRPC over mutual TLS, on connections that are kept and watched. Every failure is an {@link
 * ApiException}: what the server said, rebuilt with reason, metadata and violations, else what
 * happened on the way.
 *
 * <p>One client for one trust policy: the TLS options are fixed for its life (CVE-2026-102476). It
 * may be used from any context; results come on the context of the caller.
 */
public final class RpcClient {
  private static final int MAX_MESSAGE_BYTES = 8 << 20; // twice what a server takes
  // The largest chunk of output is one frame, cut into TLS records where it lies.
  private static final int MAX_FRAME_BYTES = 260 << 10;
  private static final int CONNECTIONS_FOR_CALLS = 8;
  private static final int CONNECTIONS_FOR_STREAMS = 32; // 8,000 streams to a server
  private static final int STREAMS_A_CONNECTION = 250;
  // All streams may stand still with their windows full, and take nothing from one that comes.
  private static final int CONNECTION_WINDOW_BYTES =
      STREAMS_A_CONNECTION * StreamWindow.FIRST_BYTES + StreamWindow.SPARE_BYTES;
  private static final int CONNECT_MILLIS = 5_000;
  private static final int IDLE_SECONDS = 60; // pings come more often: only the dead are idle
  private static final int MAX_HEADER_BYTES = 16 << 10;

  private final Vertx vertx;
  private final HttpClient http;
  private final Peers peers;

  private RpcClient(Vertx vertx, HttpClientOptions options, int maxConnections) {
    this.vertx = vertx;
    this.peers = new Peers(vertx);
    this.http =
        vertx
            .httpClientBuilder()
            .with(options)
            .with(new PoolOptions().setHttp2MaxSize(maxConnections))
            .withConnectHandler(this::connected)
            .build();
  }

  /**
   * Makes a client without any connection yet.
   *
   * @param tls options with TLS, from {@code io.orrery.security.Tls}; they are copied
   */
  public static RpcClient create(Vertx vertx, HttpClientOptions tls) {
    return create(vertx, tls, CONNECTIONS_FOR_CALLS);
  }

  /**
   * The same for many long streams. Calls on it may wait for a stream to end: give calls that must
   * not wait a client of their own.
   */
  public static RpcClient forStreams(Vertx vertx, HttpClientOptions tls) {
    return create(vertx, tls, CONNECTIONS_FOR_STREAMS);
  }

  private static RpcClient create(Vertx vertx, HttpClientOptions tls, int maxConnections) {
    Http2Settings settings =
        new Http2Settings()
            .setPushEnabled(false)
            .setInitialWindowSize(StreamWindow.FIRST_BYTES)
            .setMaxFrameSize(MAX_FRAME_BYTES)
            .setMaxHeaderListSize(MAX_HEADER_BYTES);
    return new RpcClient(
        vertx,
        new HttpClientOptions(tls)
            .setProtocolVersion(HttpVersion.HTTP_2)
            .setInitialSettings(settings)
            .setHttp2ConnectionWindowSize(CONNECTION_WINDOW_BYTES)
            .setHttp2MultiplexingLimit(STREAMS_A_CONNECTION)
            .setHttp2KeepAliveTimeout(0)
            .setConnectTimeout(CONNECT_MILLIS)
            .setIdleTimeout(IDLE_SECONDS)
            .setIdleTimeoutUnit(TimeUnit.SECONDS)
            .setTcpKeepAlive(true),
        maxConnections);
  }

  /**
   * Makes a unary call. The request is not sent unless the server's certificate names a peer that
   * is expected; else the call fails with WORKER_IDENTITY.
   *
   * @param method a constant of a generated client, as {@code WorkerGrpcClient.StartJob}
   */
  public <I extends Message, O extends Message> Future<O> call(
      SocketAddress server,
      Predicate<Identity> expected,
      ServiceMethod<O, I> method,
      I request,
      CallOptions options) {
    ClientCall<O> call = new ClientCall<>(vertx, server, options);
    CallHeaders headers = new CallHeaders(true, options.onBehalfOf());
    open(
        call,
        new Target(server, expected),
        opened ->
            call.send(opened.request(), method, request, headers)
                .onComplete(response -> receive(call, method, response), call::fail));
    return call.result();
  }

  /**
   * Makes a call that is answered with a stream, whose messages are not decoded. The future
   * succeeds with the response's headers, when they are not an error already; a status that comes
   * later is that of {@link ReplySource#end}.
   */
  public <I extends Message, O extends Message> Future<ReplySource> stream(
      SocketAddress server,
      Predicate<Identity> expected,
      ServiceMethod<O, I> method,
      I request,
      CallOptions options) {
    ClientCall<ReplySource> call = new ClientCall<>(vertx, server, options);
    CallHeaders headers = new CallHeaders(false, options.onBehalfOf());
    open(
        call,
        new Target(server, expected),
        opened ->
            call.send(opened.request(), method, request, headers)
                .onComplete(response -> begin(call, opened.peer(), response), call::fail));
    return call.result();
  }

  /**
   * Makes a call in which messages go both ways, and sends the first. The future succeeds as that
   * of {@link #stream} does.
   */
  public <I extends Message, O extends Message> Future<Conversation> converse(
      SocketAddress server,
      Predicate<Identity> expected,
      ServiceMethod<O, I> method,
      I first,
      CallOptions options) {
    ClientCall<ReplySource> call = new ClientCall<>(vertx, server, options);
    CallHeaders headers = new CallHeaders(false, options.onBehalfOf());
    Promise<HttpClientRequest> sent = Promise.promise();
    open(
        call,
        new Target(server, expected),
        opened -> {
          sent.complete(opened.request());
          call.begin(opened.request(), method, first, headers)
              .onComplete(response -> begin(call, opened.peer(), response), call::fail);
        });
    return call.result()
        .compose(replies -> sent.future().map(request -> new Conversation(request, replies)));
  }

  private void connected(HttpConnection connection) {
    TlsRecords.keepApart(connection);
    peers.connected(connection);
  }

  private record Target(SocketAddress server, Predicate<Identity> expected) {}

  private record Opened(HttpClientRequest request, Identity peer) {}

  private void open(ClientCall<?> call, Target target, Consumer<Opened> next) {
    http.request(new RequestOptions().setMethod(HttpMethod.POST).setServer(target.server()))
        .onComplete(
            request -> {
              try {
                Identity peer = peers.of(request.connection());
                if (call.take(request, peer, target.expected())) {
                  next.accept(new Opened(request, peer));
                }
              } catch (ApiException e) {
                request.reset(HttpCancel.CODE);
                call.fail(e);
              }
            },
            failure -> call.fail(ClientFailures.connect(target.server(), failure)));
  }

  private static <O extends Message> void receive(
      ClientCall<O> call, ServiceMethod<O, ?> method, HttpClientResponse response) {
    MessageFrames frames = new MessageFrames(MAX_MESSAGE_BYTES);
    response.exceptionHandler(call::fail);
    response.handler(
        bytes -> {
          frames.add(bytes);
          if (frames.pendingBytes() > MAX_MESSAGE_BYTES) {
            call.abandon(
                new ApiException(
                    Reason.MESSAGE_TOO_LARGE,
                    "the server's answer has more than " + MAX_MESSAGE_BYTES + " bytes"));
          }
        });
    response.endHandler(
        _ -> {
          try {
            ClientFailures.status(response)
                .ifPresentOrElse(
                    call::fail, () -> call.succeed(decode(method, onlyMessage(frames))));
          } catch (ApiException e) {
            call.fail(e);
          }
        });
  }

  private static Buffer onlyMessage(MessageFrames frames) {
    Buffer message = frames.next();
    if (message == null || frames.pendingBytes() > 0) {
      throw new ApiException(
          Reason.MALFORMED_MESSAGE, "the server's answer is not exactly one message");
    }
    return message;
  }

  private static <O> O decode(ServiceMethod<O, ?> method, Buffer message) {
    try {
      return method.decoder().decode(GrpcMessage.message("identity", message));
    } catch (CodecException _) {
      throw new ApiException(Reason.MALFORMED_MESSAGE, "the server's answer cannot be read");
    }
  }

  private static void begin(
      ClientCall<ReplySource> call, Identity peer, HttpClientResponse response) {
    ReplySource source = new ReplySource(response, peer, MAX_MESSAGE_BYTES);
    if (response.getHeader("grpc-status") != null || response.statusCode() != 200) {
      source.end().onComplete(_ -> call.succeed(source), call::fail);
      source.resume();
    } else if (call.result().isComplete()) {
      source.cancel();
    } else {
      call.succeed(source);
    }
  }

  /** Closes all connections; open calls fail. */
  public Future<Void> close() {
    return http.close();
  }
}
