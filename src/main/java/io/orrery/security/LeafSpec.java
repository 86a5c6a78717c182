package io.orrery.security;

import java.time.Instant;
import java.util.List;

/**
 * What a certificate shall say, well-formed or not: rules are for {@link CertificateAuthority}.
 *
 * @param hosts DNS names and IP addresses
 * @param serves whether it may be a server's certificate, too; every one may be a client's
 */
record LeafSpec(
    String commonName,
    List<String> uris,
    List<String> hosts,
    boolean serves,
    Instant notBefore,
    Instant notAfter) {}
