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
  private final Map<HttpConnection, Identity> identities = new ConcurrentHashMap<>();

  Peers(Vertx vertx) {
    this.vertx = vertx;
  }

  /** Watches over a new connection until it closes; to be called on its context, once. */
  void connected(HttpConnection connection) {
    WritabilityRepair.install(connection);
    Runnable stop = KeepAlive.begin(vertx, connection, KeepAlive.INTERVAL);
    connection.closeHandler(
        _ -> {
          stop.run();
          identities.remove(connection);
        });
    try {
      identities.put(connection, read(connection));
    } catch (ApiException _) {
      // each call on the connection is told why
    }
  }

  /**
   * @throws ApiException CERT_MISSING or CERT_IDENTITY when the peer's certificate does not say who
   *     it is
   */
  Identity of(HttpConnection connection) {
    Identity known = identities.get(connection);
    return known == null ? read(connection) : known;
  }

  private static Identity read(HttpConnection connection) {
    SSLSession session = connection.sslSession();
    try {
      if (session != null) {
        Certificate[] chain = session.getPeerCertificates();
        if (chain.length > 0 && chain[0] instanceof X509Certificate certificate) {
          return Identity.of(certificate);
        }
      }
    } catch (SSLPeerUnverifiedException _) {
      // none was shown
    } catch (IdentityException e) {
      throw new ApiException(Reason.CERT_IDENTITY, String.valueOf(e.getMessage()));
    }
    throw new ApiException(Reason.CERT_MISSING, "the peer showed no certificate");
  }
}
