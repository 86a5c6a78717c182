package io.orrery.security;

import io.orrery.config.ConfigurationException;
import io.orrery.config.TlsFiles;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.cert.PKIXBuilderParameters;
import java.security.cert.TrustAnchor;
import java.security.cert.X509Certificate;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import javax.net.ssl.CertPathTrustManagerParameters;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.TrustManagerFactory;

/**
 * The client's end of TLS with the JDK alone, loading as few classes as it can: for a program that
 * starts, asks and ends.
 *
 * <p>It does not look whether the files fit together, since that costs classes; when a handshake
 * fails, {@link CertificateCheck} finds out.
 */
public final class PemFiles {
  private PemFiles() {}

  /**
   * A context that presents the certificate and trusts the authorities of the files. Sockets and
   * engines made by it need {@link #parameters}.
   *
   * @throws ConfigurationException naming the file that is missing or is not what it should be
   */
  public static SSLContext sslContext(TlsFiles files) {
    try {
      List<X509Certificate> chain = Pem.certificates(files.cert());
      PrivateKey key = Pem.privateKey(files.key(), chain.getFirst().getPublicKey().getAlgorithm());
      SSLContext context = SSLContext.getInstance("TLSv1.3");
      context.init(
          new KeyManager[] {new OwnCertificate(key, chain)},
          trust(Pem.certificates(files.ca())).getTrustManagers(),
          null);
      return context;
    } catch (NoSuchFileException e) {
      throw problem("there is no file " + e.getFile() + "; make it with: bin/orrery certs init", e);
    } catch (IOException e) {
      throw problem("cannot be read: " + e.getMessage(), e);
    } catch (GeneralSecurityException e) {
      throw problem(String.valueOf(e.getMessage()), e);
    }
  }

  /**
   * Who the certificate says this party is.
   *
   * @throws ConfigurationException naming the file that is missing or is not what it should be
   */
  public static Identity identity(TlsFiles files) {
    try {
      return Identity.of(Pem.certificates(files.cert()).getFirst());
    } catch (IOException e) {
      throw problem("cannot be read: " + e.getMessage(), e);
    } catch (GeneralSecurityException | IdentityException e) {
      throw problem(files.cert() + ": " + e.getMessage(), e);
    }
  }

  /** TLS 1.3 only, HTTP/2 by ALPN (RFC 7301), the server's host name checked (RFC 2818). */
  public static SSLParameters parameters() {
    SSLParameters parameters = new SSLParameters();
    parameters.setProtocols(new String[] {"TLSv1.3"});
    parameters.setApplicationProtocols(new String[] {"h2"});
    parameters.setEndpointIdentificationAlgorithm("HTTPS");
    return parameters;
  }

  private static TrustManagerFactory trust(List<X509Certificate> authorities)
      throws GeneralSecurityException {
    Set<TrustAnchor> anchors = new HashSet<>();
    for (X509Certificate authority : authorities) {
      anchors.add(new TrustAnchor(authority, null));
    }
    PKIXBuilderParameters path = new PKIXBuilderParameters(anchors, null);
    path.setRevocationEnabled(false);
    TrustManagerFactory factory = TrustManagerFactory.getInstance("PKIX");
    factory.init(new CertPathTrustManagerParameters(path));
    return factory;
  }

  private static ConfigurationException problem(String what, Exception cause) {
    var problem = new ConfigurationException("The client's TLS setup", List.of(what));
    problem.initCause(cause);
    return problem;
  }
}
