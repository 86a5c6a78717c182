/**
 * A blocking gRPC client on the JDK's sockets and TLS: HTTP/2 (RFC 9113) and HPACK (RFC 7541), as
 * far as a client of ours needs them. It exists for the start-up time of the commands, see
 * docs/decisions.md; it may know the JDK, protobuf's messages and {@code config}.
 */
@NullMarked
package io.orrery.cli.grpc;

import org.jspecify.annotations.NullMarked;
