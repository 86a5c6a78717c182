package io.orrery.rpc;

import io.vertx.core.http.HttpServerOptions;

/**
 * Where and how to serve.
 *
 * @param host the address to bind
 * @param port the port to bind; 0 is any free one
 * @param tls options with TLS, from {@code io.orrery.security.Tls}; they are copied
 */
public record RpcServerOptions(String host, int port, HttpServerOptions tls, RpcLimits limits) {

  /** With the usual limits. */
  public RpcServerOptions(String host, int port, HttpServerOptions tls) {
    this(host, port, tls, RpcLimits.DEFAULT);
  }
}
