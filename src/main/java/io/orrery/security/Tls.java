package io.orrery.security;

import io.orrery.config.TlsFiles;
import io.vertx.core.http.ClientAuth;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.net.JdkSSLEngineOptions;
import io.vertx.core.net.OpenSSLEngineOptions;
import io.vertx.core.net.PemKeyCertOptions;
import io.vertx.core.net.PemTrustOptions;
import io.vertx.core.net.SSLEngineOptions;
import java.util.List;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Both ends of every connection between Vert.x programs: TLS 1.3 only, certificates on both sides,
 * HTTP/2 by ALPN, no server name indication on the server.
 *
 * <p>The options hold the paths of the files, never their content. The files are read when a server
 * listens or a client first connects; {@link CertificateCheck} is to look at them before.
 *
 * <p>All clients made here share one trust policy, so that the context cache of Vert.x 5.0
 * (CVE-2026-102476) cannot hand one client the laxer context of another: never change {@code
 * verifyHost} or the trust of what is returned.
 */
public final class Tls {
  private static final Logger LOG = LoggerFactory.getLogger(Tls.class);
  private static final Set<String> PROTOCOLS = Set.of("TLSv1.3");

  private Tls() {}

  /** A server that refuses every peer without a certificate of our authority. */
  public static HttpServerOptions server(TlsFiles files) {
    return server(files, engine(BoringSsl.AVAILABLE));
  }

  /** A client that presents its certificate and checks the server's chain and host name. */
  public static HttpClientOptions client(TlsFiles files) {
    return client(files, engine(BoringSsl.AVAILABLE));
  }

  static HttpServerOptions server(TlsFiles files, SSLEngineOptions engine) {
    return new HttpServerOptions()
        .setSsl(true)
        .setUseAlpn(true)
        .setAlpnVersions(List.of(HttpVersion.HTTP_2))
        .setHttp2ClearTextEnabled(false)
        .setSni(false)
        .setClientAuth(ClientAuth.REQUIRED)
        .setEnabledSecureTransportProtocols(PROTOCOLS)
        .setSslEngineOptions(engine)
        .setKeyCertOptions(identity(files))
        .setTrustOptions(authorities(files));
  }

  static HttpClientOptions client(TlsFiles files, SSLEngineOptions engine) {
    return new HttpClientOptions()
        .setSsl(true)
        .setUseAlpn(true)
        .setAlpnVersions(List.of(HttpVersion.HTTP_2))
        .setProtocolVersion(HttpVersion.HTTP_2)
        .setTrustAll(false)
        .setVerifyHost(true)
        .setEnabledSecureTransportProtocols(PROTOCOLS)
        .setSslEngineOptions(engine)
        .setKeyCertOptions(identity(files))
        .setTrustOptions(authorities(files));
  }

  /** Without a session cache: a resumed session would skip the check of the certificate. */
  static SSLEngineOptions engine(boolean boringSsl) {
    return boringSsl
        ? new OpenSSLEngineOptions().setSessionCacheEnabled(false)
        : new JdkSSLEngineOptions();
  }

  private static PemKeyCertOptions identity(TlsFiles files) {
    return new PemKeyCertOptions()
        .setKeyPath(files.key().toString())
        .setCertPath(files.cert().toString());
  }

  private static PemTrustOptions authorities(TlsFiles files) {
    return new PemTrustOptions().addCertPath(files.ca().toString());
  }

  /** Looked for once a process, so that its absence is told once. */
  private static final class BoringSsl {
    static final boolean AVAILABLE =
        OpenSSLEngineOptions.isAvailable() && OpenSSLEngineOptions.isAlpnAvailable();

    static {
      if (!AVAILABLE) {
        LOG.warn(
            "BoringSSL is not available on this machine (no native library for it, or it could not"
                + " be loaded): TLS uses the JDK's engine, which moves about a third fewer bytes");
      }
    }
  }
}
