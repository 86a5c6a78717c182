package io.orrery.security;

import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.util.Collection;
import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Who somebody is: a role and a name of 1 to 63 characters {@code [A-Za-z0-9._-]} that begins with
 * a letter or digit, written {@code spiffe://orrery/<role>/<name>}.
 */
public record Identity(Role role, String name) {
  private static final String PREFIX = "spiffe://orrery/";
  private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,62}");
  private static final int SAN_URI = 6; // RFC 5280, 4.2.1.6: uniformResourceIdentifier

  /**
   * @throws IdentityException if the name is not one
   */
  public Identity {
    if (!NAME.matcher(name).matches()) {
      throw new IdentityException(
          "a name has 1 to 63 characters A-Z a-z 0-9 . _ - and begins with a letter or digit");
    }
  }

  /**
   * Reads the form that {@link #uri} writes, to the letter.
   *
   * @throws IdentityException saying what is wrong
   */
  public static Identity parse(String uri) {
    if (!uri.startsWith(PREFIX)) {
      throw new IdentityException("not an identity of Orrery, which begins with " + PREFIX);
    }
    String[] parts = uri.substring(PREFIX.length()).split("/", -1);
    if (parts.length != 2) {
      throw new IdentityException("an identity is " + PREFIX + "<role>/<name>");
    }
    try {
      return new Identity(Role.parse(parts[0]), parts[1]);
    } catch (IllegalArgumentException _) {
      throw new IdentityException("the role in the identity is unknown");
    }
  }

  /**
   * Reads the identity out of a certificate whose validity was established elsewhere (the TLS
   * handshake). It must have exactly one URI as subject alternative name, as X.509-SVID section 2
   * asks, and that one must be ours.
   *
   * @throws IdentityException saying what is wrong
   */
  public static Identity of(X509Certificate certificate) {
    List<String> uris = uris(certificate);
    return switch (uris.size()) {
      case 0 -> throw new IdentityException("the certificate names no identity (no URI)");
      case 1 -> parse(uris.getFirst());
      default -> throw new IdentityException("the certificate has more than one URI");
    };
  }

  private static List<String> uris(X509Certificate certificate) {
    try {
      @Nullable Collection<List<?>> names = certificate.getSubjectAlternativeNames();
      return names == null
          ? List.of()
          : names.stream()
              .filter(name -> name.get(0).equals(SAN_URI))
              .map(name -> String.valueOf(name.get(1)))
              .toList();
    } catch (CertificateParsingException e) {
      throw new IdentityException("the certificate's alternative names cannot be read");
    }
  }

  /** {@code spiffe://orrery/<role>/<name>}. */
  public String uri() {
    return PREFIX + role + "/" + name;
  }

  @Override
  public String toString() {
    return uri();
  }
}
