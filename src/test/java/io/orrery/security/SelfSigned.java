package io.orrery.security;

import java.math.BigInteger;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.cert.X509Certificate;
import java.security.spec.ECGenParameterSpec;
import java.util.Date;
import javax.security.auth.x500.X500Principal;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;

/** A certificate with a right identity that nobody but itself vouches for. */
final class SelfSigned {
  private SelfSigned() {}

  static KeyedCertificate create(LeafSpec spec) throws Exception {
    KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
    generator.initialize(new ECGenParameterSpec("secp256r1"));
    KeyPair pair = generator.generateKeyPair();
    X500Principal name = new X500Principal("CN=Orrery CA, O=Orrery");
    var builder =
        new JcaX509v3CertificateBuilder(
            name,
            BigInteger.TEN,
            Date.from(spec.notBefore()),
            Date.from(spec.notAfter()),
            name,
            pair.getPublic());
    var uri = new GeneralName(GeneralName.uniformResourceIdentifier, spec.uris().getFirst());
    builder.addExtension(Extension.subjectAlternativeName, false, new GeneralNames(uri));
    var signer = new JcaContentSignerBuilder("SHA256withECDSA").build(pair.getPrivate());
    X509Certificate made = new JcaX509CertificateConverter().getCertificate(builder.build(signer));
    return new KeyedCertificate(made, pair.getPrivate());
  }
}
