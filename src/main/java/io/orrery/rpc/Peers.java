package io.orrery.rpc;

import io.orrery.job.ApiException;
import io.orrery.job.Reason;
import io.orrery.security.Identity;
import io.orrery.security.IdentityException;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpConnection;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import javax.net.ssl.SSLPeerUnverifiedException;
import javax.net.ssl.SSLSession;

/** Who is at the other end of each open connection. May be used from several event loops. */
final class Peers {
  private final Vertx vertx;
  private final Map<HttpConnection, Peer> peers = new ConcurrentHashMap<>();

  /** What a connection's certificate says. */
  private sealed interface Peer {
    record Known(Identity identity) implements Peer {}

    record Refused(ApiException why) implements Peer {}
  }

  Peers(Vertx vertx) {
    this.vertx = vertx;
  }

  /** Watches over a new connection until it closes; to be called on its context, once. */
  void connected(HttpConnection connection) {
    WritabilityRepair.install(connection);
    watch(connection, KeepAlive.begin(vertx, connection, KeepAlive.INTERVAL));
  }

  /** Whether a connection has streams, and pings. */
  static boolean isHttp2(HttpConnection connection) {
    try {
      connection.settings();
      return true;
    } catch (UnsupportedOperationException _) {
      return false;
    }
  }

  /** Remembers who is at the other end until the connection closes, and then runs what is given. */
  void watch(HttpConnection connection, Runnable stop) {
    connection.closeHandler(
        _ -> {
          stop.run();
          peers.remove(connection);
        });
    peers.put(connection, read(connection));
  }

  /**
   * @throws ApiException CERT_MISSING or CERT_IDENTITY when the peer's certificate does not say who
   *     it is, or WORKER_UNREACHABLE when the connection has been closed, and its session with it
   */
  Identity of(HttpConnection connection) {
    Peer known = peers.get(connection);
    return switch (known == null ? read(connection) : known) {
      case Peer.Known(Identity identity) -> identity;
      case Peer.Refused(ApiException why) ->
          throw known == null
              ? new ApiException(
                  Reason.WORKER_UNREACHABLE, "the connection was closed before the call")
              : why;
    };
  }

  private static Peer read(HttpConnection connection) {
    SSLSession session = connection.sslSession();
    try {
      if (session != null) {
        Certificate[] chain = session.getPeerCertificates();
        if (chain.length > 0 && chain[0] instanceof X509Certificate certificate) {
          return new Peer.Known(Identity.of(certificate));
        }
      }
    } catch (SSLPeerUnverifiedException _) {
      // none was shown
    } catch (IdentityException e) {
      return new Peer.Refused(
          new ApiException(Reason.CERT_IDENTITY, String.valueOf(e.getMessage())));
    }
    return new Peer.Refused(
        new ApiException(Reason.CERT_MISSING, "the peer showed no certificate"));
  }
}
