package io.orrery.security;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.cert.Certificate;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.InvalidKeySpecException;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;

/**
 * PEM (RFC 7468) with the JDK alone; the messages of what it throws never quote the content.
 * Without lambdas on the way to success: their first one costs a short-lived program 0.1 s.
 */
final class Pem {
  static final String CERTIFICATE = "CERTIFICATE";
  static final String PRIVATE_KEY = "PRIVATE KEY";

  private Pem() {}

  static String encode(String label, byte[] der) {
    String body = Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(der);
    return "-----BEGIN " + label + "-----\n" + body + "\n-----END " + label + "-----\n";
  }

  /** Reads all certificates of a file, at least one, in their order. */
  static List<X509Certificate> certificates(Path file)
      throws IOException, GeneralSecurityException {
    List<X509Certificate> certificates = new ArrayList<>();
    try (var in = Files.newInputStream(file)) {
      for (Certificate one : CertificateFactory.getInstance("X.509").generateCertificates(in)) {
        certificates.add((X509Certificate) one);
      }
    } catch (CertificateException e) {
      throw new CertificateException(file + " does not hold PEM certificates", e);
    }
    if (certificates.isEmpty()) {
      throw new CertificateException(file + " holds no certificate");
    }
    return certificates;
  }

  /** Reads a PKCS#8 key (RFC 5958) that is not encrypted. */
  static PrivateKey privateKey(Path file, String algorithm)
      throws IOException, GeneralSecurityException {
    String text = Files.readString(file);
    String begin = "-----BEGIN " + PRIVATE_KEY + "-----";
    int from = text.indexOf(begin);
    int to = text.indexOf("-----END " + PRIVATE_KEY + "-----");
    if (from < 0 || to < from) {
      throw new InvalidKeySpecException(
          file
              + " is not an unencrypted PKCS#8 key (BEGIN PRIVATE KEY); convert it with:"
              + " openssl pkcs8 -topk8 -nodes");
    }
    try {
      byte[] der = Base64.getMimeDecoder().decode(text.substring(from + begin.length(), to));
      return KeyFactory.getInstance(algorithm).generatePrivate(new PKCS8EncodedKeySpec(der));
    } catch (InvalidKeySpecException | IllegalArgumentException _) {
      throw new InvalidKeySpecException(
          file + " does not hold a key for the certificate's algorithm, " + algorithm);
    }
  }
}
