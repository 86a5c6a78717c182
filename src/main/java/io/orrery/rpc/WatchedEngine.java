package io.orrery.rpc;

import io.netty.handler.ssl.ClientAuth;
import io.netty.handler.ssl.DelegatingSslContext;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslHandler;
import io.vertx.core.net.SSLEngineOptions;
import io.vertx.core.spi.tls.SslContextFactory;
import java.util.List;
import java.util.Set;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLException;
import javax.net.ssl.TrustManagerFactory;

/**
 * The TLS engine that a server was given, with an eye on handshakes that fail: Vert.x tells of
 * these without the address of the peer.
 */
final class WatchedEngine extends SSLEngineOptions {
  private final SSLEngineOptions engine;
  private final RefusedHandshakes refused;

  WatchedEngine(SSLEngineOptions engine, RefusedHandshakes refused) {
    super(engine);
    this.engine = engine;
    this.refused = refused;
  }

  @Override
  public SSLEngineOptions copy() {
    return new WatchedEngine(engine.copy(), refused);
  }

  @Override
  public SslContextFactory sslContextFactory() {
    return new Factory(engine.sslContextFactory(), refused);
  }

  private record Factory(SslContextFactory factory, RefusedHandshakes refused)
      implements SslContextFactory {
    @Override
    public SslContextFactory useAlpn(boolean useAlpn) {
      return new Factory(factory.useAlpn(useAlpn), refused);
    }

    @Override
    public SslContextFactory clientAuth(ClientAuth clientAuth) {
      return new Factory(factory.clientAuth(clientAuth), refused);
    }

    @Override
    public SslContextFactory forClient(boolean forClient) {
      return new Factory(factory.forClient(forClient), refused);
    }

    @Override
    public SslContextFactory keyMananagerFactory(KeyManagerFactory keys) {
      return new Factory(factory.keyMananagerFactory(keys), refused);
    }

    @Override
    public SslContextFactory trustManagerFactory(TrustManagerFactory trust) {
      return new Factory(factory.trustManagerFactory(trust), refused);
    }

    @Override
    public SslContextFactory enabledCipherSuites(Set<String> suites) {
      return new Factory(factory.enabledCipherSuites(suites), refused);
    }

    @Override
    public SslContextFactory applicationProtocols(List<String> protocols) {
      return new Factory(factory.applicationProtocols(protocols), refused);
    }

    @Override
    public SslContextFactory serverName(String name) {
      return new Factory(factory.serverName(name), refused);
    }

    @Override
    public SslContext create() throws SSLException {
      return new Watched(factory.create(), refused);
    }
  }

  private static final class Watched extends DelegatingSslContext {
    private final RefusedHandshakes refused;

    Watched(SslContext context, RefusedHandshakes refused) {
      super(context);
      this.refused = refused;
    }

    @Override
    protected void initEngine(SSLEngine ignored) {}

    @Override
    protected void initHandler(SslHandler handler) {
      SSLEngine engine = handler.engine();
      handler
          .handshakeFuture()
          .addListener(
              handshake -> {
                if (!handshake.isSuccess()) {
                  refused.add(engine.getPeerHost() + ":" + engine.getPeerPort(), handshake.cause());
                }
              });
    }
  }
}
