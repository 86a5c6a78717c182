package io.orrery.scheduler;

import com.google.protobuf.Message;
import io.orrery.config.HostPort;
import io.orrery.config.TlsFiles;
import io.orrery.rpc.CallOptions;
import io.orrery.rpc.Conversation;
import io.orrery.rpc.ReplySource;
import io.orrery.rpc.RpcClient;
import io.orrery.security.Identity;
import io.orrery.security.Role;
import io.orrery.security.Tls;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.net.SocketAddress;
import io.vertx.grpc.common.ServiceMethod;

/**
 * Calls workers in the name of the callers of the scheduler; each server must prove to be that
 * worker.
 */
final class WorkerLinks {
  private final RpcClient calls;
  private final RpcClient streams;

  private WorkerLinks(RpcClient calls, RpcClient streams) {
    this.calls = calls;
    this.streams = streams;
  }

  /** With one client for calls and one for streams, so that no stream keeps a call waiting. */
  static WorkerLinks create(Vertx vertx, TlsFiles tls) {
    return new WorkerLinks(
        RpcClient.create(vertx, Tls.client(tls)), RpcClient.forStreams(vertx, Tls.client(tls)));
  }

  /** One call; fails with the refusal of the worker as it is, or with 'unreachable'. */
  <I extends Message, O extends Message> Future<O> call(
      Node node, ServiceMethod<O, I> method, I request, CallOptions options) {
    return calls.call(address(node), server -> isWorker(server, node), method, request, options);
  }

  /** A stream of encoded messages. */
  <I extends Message, O extends Message> Future<ReplySource> stream(
      Node node, ServiceMethod<O, I> method, I request, CallOptions options) {
    return streams.stream(
        address(node), server -> isWorker(server, node), method, request, options);
  }

  /** A call in which messages go both ways, and its first message. */
  <I extends Message, O extends Message> Future<Conversation> converse(
      Node node, ServiceMethod<O, I> method, I first, CallOptions options) {
    return streams.converse(
        address(node), server -> isWorker(server, node), method, first, options);
  }

  /** Closes all connections; open calls and streams fail. */
  Future<Void> close() {
    return calls.close().eventually(streams::close);
  }

  private static SocketAddress address(Node node) {
    HostPort address = node.profile().address();
    return SocketAddress.inetSocketAddress(address.port(), address.host());
  }

  private static boolean isWorker(Identity server, Node node) {
    return server.role() == Role.WORKER && server.name().equals(node.name());
  }
}
