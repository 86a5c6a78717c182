/**
 * Who may talk to whom: identities in certificates, the roles and what they may call, TLS for both
 * ends, and the certificate authority of {@code orrery certs}.
 *
 * <p>May know {@code config}. The only user of BouncyCastle; a client that needs neither Vert.x nor
 * BouncyCastle finds all it needs in {@link io.orrery.security.PemFiles}.
 */
@NullMarked
package io.orrery.security;

import org.jspecify.annotations.NullMarked;
