package io.orrery.security;

import java.security.PrivateKey;
import java.security.cert.CertificateEncodingException;
import java.security.cert.X509Certificate;

/** A certificate and its private key, which never prints. */
record KeyedCertificate(X509Certificate certificate, PrivateKey key) {
  String certificatePem() throws CertificateEncodingException {
    return Pem.encode(Pem.CERTIFICATE, certificate.getEncoded());
  }

  String keyPem() {
    return Pem.encode(Pem.PRIVATE_KEY, key.getEncoded());
  }

  @Override
  public String toString() {
    return "KeyedCertificate[" + certificate.getSubjectX500Principal() + "]";
  }
}
