/**
 * One way to serve and one way to call gRPC over mutual TLS: the guard, identities, deadlines, the
 * mapping of errors, the access log, and the mapping between the records of {@code job} and the
 * messages of {@code orrery.v1}.
 *
 * <p>May know {@code job} and {@code security}.
 */
@NullMarked
package io.orrery.rpc;

import org.jspecify.annotations.NullMarked;
