package io.orrery.security;

import java.io.IOException;
import java.math.BigInteger;
import java.net.InetAddress;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.security.spec.ECGenParameterSpec;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Date;
import java.util.List;
import javax.security.auth.x500.X500Principal;
import org.bouncycastle.asn1.DEROctetString;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.ExtendedKeyUsage;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509ExtensionUtils;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;

/**
 * Signs X.509 certificates (RFC 5280) with the key of one authority: ECDSA on P-256 with SHA-256,
 * random serial numbers of 128 bits. Knows nothing of files and adds no security provider.
 */
final class Issuer {
  private static final SecureRandom RANDOM = new SecureRandom();

  private final X509Certificate certificate;
  private final PrivateKey key;

  Issuer(X509Certificate certificate, PrivateKey key) {
    this.certificate = certificate;
    this.key = key;
  }

  /** A new authority that may sign leaves only (path length 0). */
  static KeyedCertificate authority(String commonName, Instant notBefore, Instant notAfter)
      throws GeneralSecurityException, IOException {
    KeyPair pair = newPair();
    X500Principal subject = principal(commonName);
    var builder = builder(subject, pair.getPublic(), subject, notBefore, notAfter);
    builder
        .addExtension(Extension.basicConstraints, true, new BasicConstraints(0))
        .addExtension(
            Extension.keyUsage, true, new KeyUsage(KeyUsage.keyCertSign | KeyUsage.cRLSign))
        .addExtension(
            Extension.subjectKeyIdentifier,
            false,
            new JcaX509ExtensionUtils().createSubjectKeyIdentifier(pair.getPublic()));
    return new KeyedCertificate(sign(builder, pair.getPrivate()), pair.getPrivate());
  }

  /** A new key and its certificate. */
  KeyedCertificate issue(LeafSpec spec) throws GeneralSecurityException, IOException {
    KeyPair pair = newPair();
    JcaX509ExtensionUtils identifiers = new JcaX509ExtensionUtils();
    var builder =
        builder(
            certificate.getSubjectX500Principal(),
            pair.getPublic(),
            principal(spec.commonName()),
            spec.notBefore(),
            spec.notAfter());
    builder
        .addExtension(Extension.basicConstraints, true, new BasicConstraints(false))
        .addExtension(Extension.keyUsage, true, new KeyUsage(KeyUsage.digitalSignature))
        .addExtension(Extension.extendedKeyUsage, false, purposes(spec.serves()))
        .addExtension(
            Extension.subjectKeyIdentifier,
            false,
            identifiers.createSubjectKeyIdentifier(pair.getPublic()))
        .addExtension(
            Extension.authorityKeyIdentifier,
            false,
            identifiers.createAuthorityKeyIdentifier(certificate.getPublicKey()));
    if (!spec.uris().isEmpty() || !spec.hosts().isEmpty()) {
      builder.addExtension(Extension.subjectAlternativeName, false, alternativeNames(spec));
    }
    return new KeyedCertificate(sign(builder, key), pair.getPrivate());
  }

  private static JcaX509v3CertificateBuilder builder(
      X500Principal issuer, PublicKey key, X500Principal subject, Instant from, Instant until) {
    return new JcaX509v3CertificateBuilder(
        issuer, new BigInteger(128, RANDOM), Date.from(from), Date.from(until), subject, key);
  }

  private static X509Certificate sign(JcaX509v3CertificateBuilder builder, PrivateKey key)
      throws GeneralSecurityException {
    try {
      var signer = new JcaContentSignerBuilder("SHA256withECDSA").build(key);
      return new JcaX509CertificateConverter().getCertificate(builder.build(signer));
    } catch (OperatorCreationException e) {
      throw new GeneralSecurityException("the authority's key cannot sign", e);
    }
  }

  private static ExtendedKeyUsage purposes(boolean serves) {
    KeyPurposeId client = KeyPurposeId.id_kp_clientAuth;
    return new ExtendedKeyUsage(
        serves
            ? new KeyPurposeId[] {KeyPurposeId.id_kp_serverAuth, client}
            : new KeyPurposeId[] {client});
  }

  private static GeneralNames alternativeNames(LeafSpec spec) {
    List<GeneralName> names = new ArrayList<>();
    spec.uris().forEach(u -> names.add(new GeneralName(GeneralName.uniformResourceIdentifier, u)));
    spec.hosts().forEach(host -> names.add(hostName(host)));
    return new GeneralNames(names.toArray(GeneralName[]::new));
  }

  private static GeneralName hostName(String host) {
    try {
      byte[] address = InetAddress.ofLiteral(host).getAddress();
      return new GeneralName(GeneralName.iPAddress, new DEROctetString(address));
    } catch (IllegalArgumentException _) {
      return new GeneralName(GeneralName.dNSName, host);
    }
  }

  private static X500Principal principal(String commonName) {
    return new X500Principal("CN=" + commonName + ", O=Orrery");
  }

  private static KeyPair newPair() throws GeneralSecurityException {
    KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
    generator.initialize(new ECGenParameterSpec("secp256r1"), RANDOM);
    return generator.generateKeyPair();
  }
}
