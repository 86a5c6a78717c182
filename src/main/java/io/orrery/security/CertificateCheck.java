package io.orrery.security;

import io.orrery.config.Problems;
import io.orrery.config.TlsFiles;
import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.security.cert.CertPath;
import java.security.cert.CertPathValidator;
import java.security.cert.CertPathValidatorException;
import java.security.cert.CertificateFactory;
import java.security.cert.PKIXParameters;
import java.security.cert.TrustAnchor;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Date;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Finds at start what would else be a failed handshake later: files that do not fit together, a
 * certificate out of its time, or one of another role.
 */
public final class CertificateCheck implements TlsFiles.Check {
  private static final String RENEW = "; make a new one with: bin/orrery certs issue";

  private final @Nullable Role role;
  private final InstantSource clock;

  private CertificateCheck(@Nullable Role role, InstantSource clock) {
    this.role = role;
    this.clock = clock;
  }

  /** A check that also asks for this role. */
  public static CertificateCheck of(Role role, InstantSource clock) {
    return new CertificateCheck(role, clock);
  }

  /** A check for a client, of whatever role. */
  public static CertificateCheck ofAnyRole(InstantSource clock) {
    return new CertificateCheck(null, clock);
  }

  @Override
  public void check(TlsFiles files, Problems problems) {
    files.check(problems);
    Optional<List<X509Certificate>> authorities =
        read("tls.ca", problems, () -> Pem.certificates(files.ca()));
    Optional<List<X509Certificate>> chain =
        read("tls.cert", problems, () -> Pem.certificates(files.cert()));
    chain.ifPresent(c -> checkKey(files, c.getFirst(), problems));
    chain.ifPresent(c -> checkIdentity(files, c.getFirst(), problems));
    authorities.ifPresent(
        a -> a.forEach(ca -> checkTime("tls.ca", files.ca().toString(), ca, problems)));
    chain.ifPresent(
        c -> c.forEach(one -> checkTime("tls.cert", files.cert().toString(), one, problems)));
    if (authorities.isPresent() && chain.isPresent()) {
      checkIssuer(files, authorities.get(), chain.get(), problems);
    }
  }

  private static void checkKey(TlsFiles files, X509Certificate leaf, Problems problems) {
    PublicKey publicKey = leaf.getPublicKey();
    read("tls.key", problems, () -> Pem.privateKey(files.key(), publicKey.getAlgorithm()))
        .filter(key -> !matches(key, publicKey))
        .ifPresent(
            _ ->
                problems.add(
                    "tls.key", files.key() + " is not the key of the certificate " + files.cert()));
  }

  private void checkIdentity(TlsFiles files, X509Certificate leaf, Problems problems) {
    try {
      Identity identity = Identity.of(leaf);
      if (role != null && role != identity.role()) {
        problems.add(
            "tls.cert",
            files.cert() + " is for the role " + identity.role() + ", not for the role " + role);
      }
    } catch (IdentityException e) {
      problems.add("tls.cert", files.cert() + ": " + e.getMessage());
    }
  }

  private void checkTime(String key, String file, X509Certificate one, Problems problems) {
    Instant now = clock.instant();
    Instant from = one.getNotBefore().toInstant();
    Instant until = one.getNotAfter().toInstant();
    if (now.isAfter(until)) {
      problems.add(key, file + " expired at " + until + RENEW);
    } else if (now.isBefore(from)) {
      problems.add(key, file + " is valid only from " + from + "; is this machine's clock right?");
    }
  }

  /** Judged at a moment within the leaf's time, so that one cause is told once. */
  private static void checkIssuer(
      TlsFiles files,
      List<X509Certificate> authorities,
      List<X509Certificate> chain,
      Problems problems) {
    try {
      Set<TrustAnchor> anchors =
          authorities.stream().map(ca -> new TrustAnchor(ca, null)).collect(Collectors.toSet());
      PKIXParameters parameters = new PKIXParameters(anchors);
      parameters.setRevocationEnabled(false);
      parameters.setDate(Date.from(middle(chain.getFirst())));
      CertPath path = CertificateFactory.getInstance("X.509").generateCertPath(chain);
      CertPathValidator.getInstance("PKIX").validate(path, parameters);
    } catch (CertPathValidatorException e) {
      problems.add(
          "tls.cert",
          files.cert()
              + " was not issued by the authority in "
              + files.ca()
              + " ("
              + e.getReason().toString().toLowerCase(Locale.ROOT)
              + ")");
    } catch (GeneralSecurityException e) {
      problems.add("tls.cert", files.cert() + " cannot be checked: " + e.getMessage());
    }
  }

  private static Instant middle(X509Certificate leaf) {
    Instant from = leaf.getNotBefore().toInstant();
    return from.plus(Duration.between(from, leaf.getNotAfter().toInstant()).dividedBy(2));
  }

  /** Signs with the one and verifies with the other. */
  static boolean matches(PrivateKey key, PublicKey publicKey) {
    try {
      String algorithm =
          switch (key.getAlgorithm()) {
            case "EC" -> "SHA256withECDSA";
            case "RSA" -> "SHA256withRSA";
            default -> key.getAlgorithm();
          };
      byte[] text = {1, 2, 3};
      Signature signature = Signature.getInstance(algorithm);
      signature.initSign(key);
      signature.update(text);
      byte[] signed = signature.sign();
      signature.initVerify(publicKey);
      signature.update(text);
      return signature.verify(signed);
    } catch (GeneralSecurityException _) {
      return false;
    }
  }

  private static <T> Optional<T> read(String key, Problems problems, PemSource<T> source) {
    if (problems.concern(key)) {
      return Optional.empty();
    }
    try {
      return Optional.of(source.read());
    } catch (IOException e) {
      problems.add(key, "cannot be read: " + e.getMessage());
    } catch (GeneralSecurityException e) {
      problems.add(key, String.valueOf(e.getMessage()));
    }
    return Optional.empty();
  }

  @FunctionalInterface
  private interface PemSource<T> {
    T read() throws IOException, GeneralSecurityException;
  }
}
