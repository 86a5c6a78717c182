package io.orrery.scheduler;

import com.google.protobuf.Message;
import io.orrery.config.HostPort;
import io.orrery.rpc.CallOptions;
import io.orrery.rpc.ReplySource;
import io.orrery.rpc.RpcClient;
import io.orrery.security.Identity;
import io.orrery.security.Role;
import io.vertx.core.Future;
import io.vertx.core.net.SocketAddress;
import io.vertx.grpc.common.ServiceMethod;

/**
 * Calls workers in the name of the callers of the scheduler; each server must prove to be that
 * worker.
 */
final class WorkerLinks {
  private final RpcClient client;

  WorkerLinks(RpcClient client) {
    this.client = client;
  }

  /** One call; fails with the refusal of the worker as it is, or with 'unreachable'. */
  <I extends Message, O extends Message> Future<O> call(
      Node node, ServiceMethod<O, I> method, I request, CallOptions options) {
    return client.call(address(node), server -> isWorker(server, node), method, request, options);
  }

  /** A stream of encoded messages. */
  <I extends Message, O extends Message> Future<ReplySource> stream(
      Node node, ServiceMethod<O, I> method, I request, CallOptions options) {
    return client.stream(address(node), server -> isWorker(server, node), method, request, options);
  }

  private static SocketAddress address(Node node) {
    HostPort address = node.profile().address();
    return SocketAddress.inetSocketAddress(address.port(), address.host());
  }

  private static boolean isWorker(Identity server, Node node) {
    return server.role() == Role.WORKER && server.name().equals(node.name());
  }
}
